using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Services.Views.Compile;

/// <summary>
/// The way of a row as common table expressions, each over the one before: what iterates is a stage. A row carries the resource, <c>r</c>, and
/// what the stages have made of it.
/// </summary>
internal sealed class ViewStages
{
    private readonly List<string> _stages = [];
    private int _names;

    /// <summary>The stage that the next one reads.</summary>
    public string Last { get; private set; } = "src";

    /// <summary>The columns of its rows.</summary>
    public IReadOnlyList<string> Carried { get; private set; } = ["r"];

    /// <summary>True when a stage reads itself.</summary>
    public bool Recursive { get; private set; }

    private string All => string.Join(", ", Carried);

    /// <summary>A name that no column has.</summary>
    public string Name(string kind) => $"{kind}{++_names}";

    /// <summary>The stages as text, to stand behind that of the source.</summary>
    public override string ToString() => string.Concat(_stages);

    /// <summary>Goes back to an earlier stage, to begin another branch there.</summary>
    public void Return(string stage, IReadOnlyList<string> carried) => (Last, Carried) = (stage, carried);

    /// <summary>Rows for which all conditions are true.</summary>
    public void Filter(IEnumerable<string> conditions) => Add($"SELECT {All} FROM {Last} WHERE {string.Join(" AND ", conditions.Select(c => $"({c}) IS TRUE"))}");

    /// <summary>A row for each thing of a list.</summary>
    /// <param name="orNull">A row also where there is none.</param>
    /// <param name="index">True when their positions, from 0, are wanted.</param>
    /// <returns>The columns of the thing and of its position.</returns>
    public (string Thing, string Index) Unnest(string list, bool orNull, bool index)
    {
        var (thing, position, whole) = (Name("e"), Name("i"), Name("l"));
        if (!orNull && !index)
        {
            Add($"SELECT {All}, unnest({list}) AS {thing} FROM {Last}", thing);
            return (thing, "0");
        }

        Append(Name("s"), $"SELECT {All}, {list} AS {whole} FROM {Last}");
        var things = orNull ? $"CASE WHEN len({whole}) > 0 THEN {whole} ELSE [NULL] END" : whole;
        var positions = index ? $", unnest(range({(orNull ? $"greatest(coalesce(len({whole}), 0), 1)" : $"len({whole})")})) AS {position}" : "";
        Add($"SELECT {All}, unnest({things}) AS {thing}{positions} FROM {Last}", index ? [thing, position] : [thing]);
        return (thing, index ? position : "0");
    }

    /// <summary>A row for each thing of a list and of all that comes from them, at any depth.</summary>
    /// <param name="first">List of JSON, of the row.</param>
    /// <param name="next">List of JSON, of a thing of the name given, read with <paramref name="structure"/>.</param>
    /// <param name="index">True when their positions in document order, from 0, are wanted.</param>
    public (string Thing, string Index) Repeat(string first, Func<string, string> next, string structure, bool index)
    {
        Recursive = true;
        var (thing, position, row, json, place) = (Name("e"), Name("i"), Name("n"), Name("j"), Name("p"));
        if (index)
        {
            Add($"SELECT {All}, row_number() OVER () AS {row} FROM {Last}");
            Carried = [.. Carried, row];
        }

        var (start, itself) = (Last, Name("s"));
        Append(itself, $"""
            SELECT {All}, unnest({first}) AS {json}, unnest(list_transform(range(len({first})), lambda o: [o])) AS {place} FROM {start}
              UNION ALL
              SELECT {All}, unnest({next(thing)}), unnest(list_transform(range(len({next(thing)})), lambda o: list_append({place}, o)))
              FROM (SELECT {All}, {place}, from_json({json}, {structure}) AS {thing} FROM {itself})
            """);
        var positions = index ? $", row_number() OVER (PARTITION BY {row} ORDER BY {place}) - 1 AS {position}" : "";
        Add($"SELECT {All}, from_json({json}, {structure}) AS {thing}{positions} FROM {itself}", index ? [thing, position] : [thing]);
        return (thing, index ? position : "0");
    }

    /// <summary>Rows with one more column.</summary>
    public void Extend(string sql, string name) => Add($"SELECT {All}, {sql} AS {name} FROM {Last}", name);

    /// <summary>The rows of several stages, which carry the same.</summary>
    public void UnionAll(IEnumerable<string> stages, IReadOnlyList<string> carried)
    {
        Carried = carried;
        Add(string.Join("\n  UNION ALL ", stages.Select(s => $"SELECT {All} FROM {s}")));
    }

    /// <summary>A STRUCT of fields.</summary>
    public static string Struct(IEnumerable<(string Name, string Sql)> fields) => $"struct_pack({string.Join(", ", fields.Select(f => $"{SqlNames.Quote(f.Name)} := {f.Sql}"))})";

    private void Add(string select, params string[] columns)
    {
        Append(Name("s"), select);
        Carried = [.. Carried, .. columns];
    }

    private void Append(string name, string select)
    {
        _stages.Add($",\n{name} AS (\n  {select}\n)");
        Last = name;
    }
}
