using System.Buffers;
using System.Collections.Frozen;
using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>
/// The gate for everything that later stands in SQL, in file names or in URLs: what passes here needs no quoting anywhere.
/// </summary>
public static class Identifiers
{
    public const int MaxLength = 63;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    // Words that DuckDB does not take as a bare column, table or schema name (duckdb_keywords(): reserved and type_function),
    // and the words of the rule language.
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal,
        "all", "analyse", "analyze", "and", "anti", "any", "array", "as", "asc", "asof", "asymmetric", "at", "authorization", "between",
        "binary", "both", "by", "case", "cast", "check", "collate", "collation", "column", "columns", "concurrently", "constraint", "create",
        "cross", "current_date", "current_timestamp", "default", "deferrable", "desc", "describe", "distinct", "do", "else", "end", "except",
        "exists", "extract", "false", "fetch", "for", "foreign", "freeze", "from", "full", "generated", "glob", "group", "having", "ilike",
        "in", "in_set", "initially", "inner", "intersect", "interval", "into", "is", "isnull", "join", "lambda",
        "lateral", "leading", "left", "like", "limit", "map", "mentions", "natural", "not", "notnull", "null", "offset", "on", "only", "or",
        "order", "outer", "overlaps", "pivot", "pivot_longer", "pivot_wider", "placing", "positional", "primary", "qualify",
        "references", "returning", "right", "select", "semi", "show", "similar", "some", "struct", "summarize", "symmetric", "table",
        "tablesample", "then", "to", "trailing", "true", "try_cast", "union", "unique", "unpack", "unpivot", "using", "variadic",
        "verbose", "when", "where", "window", "with");

    // Schemas of the engine and of the lake itself.
    private static readonly FrozenSet<string> TakenSchemas =
        FrozenSet.Create(StringComparer.Ordinal, "history", "information_schema", "main", "ops", "pg_catalog", "quality", "surveillance", "system", "temp");

    /// <summary>Why a text cannot be a column name, or null when it can.</summary>
    public static Sentence? NameFault(ReadOnlySpan<char> name) =>
        FormFault(name) ?? (Reserved.Contains(name.ToString()) ? (Sentence)"is a word of SQL" : null);

    /// <summary>Why a text cannot be a data set id (<c>domain.name</c>), or null when it can.</summary>
    public static Sentence? DataSetFault(string id)
    {
        var dot = id.IndexOf('.');
        if (dot < 0) return "must be domain.name";
        if (TakenSchemas.Contains(id[..dot])) return "begins with a name that the lake keeps for itself";

        // The table stands behind its schema everywhere, where SQL takes its own words too: inpatient.order.
        return NameFault(id.AsSpan(0, dot)) ?? FormFault(id.AsSpan(dot + 1));
    }

    /// <summary>Why a text cannot be the id of an element, value set, rule, map or mapping, or null when it can.</summary>
    public static Sentence? IdFault(string id)
    {
        if (id.Length == 0) return "is empty";
        if (id.Length > MaxLength) return $"is longer than {MaxLength} characters";
        return id.AsSpan().ContainsAnyExcept(IdCharacters) || !char.IsAsciiLetterOrDigit(id[0])
            ? (Sentence)"may hold only letters, digits, '.', '_' and '-', and begins with a letter or digit"
            : null;
    }

    private static Sentence? FormFault(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty) return "is empty";
        if (name.Length > MaxLength) return $"is longer than {MaxLength} characters";
        return name.ContainsAnyExcept(NameCharacters) || !char.IsAsciiLetterLower(name[0]) ? (Sentence)"must be snake_case: [a-z][a-z0-9_]*" : null;
    }
}
