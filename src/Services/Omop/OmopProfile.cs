using System.Text.RegularExpressions;
using CsvHelper;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Omop;

/// <summary>
/// Our data sets as tables of the OMOP Common Data Model 5.4 (OHDSI): <c>standards/omop/cdm54.csv</c> says for each table of which data sets it is
/// made and what each field is, as SQL over their items; this compiles it to one SELECT a table, which is read as every text query is. Ids are
/// hashes of 63 bits. Concepts are looked up in the vocabulary (<c>omop54.concept</c>) where the registry has one, and are 0 otherwise.
/// </summary>
public sealed partial class OmopProfile
{
    /// <summary>Name of the profile in an order of an export.</summary>
    public const string Name = "omop";

    /// <summary>Version of the Common Data Model.</summary>
    public const string Version = "CDM 5.4";

    private const string Where = "where", Unique = "unique", Group = "group";
    private const string Persons = "person.basic", Visits = "encounter.encounter";
    private const string Vocabulary = "omop54.concept", Relations = "omop54.concept_relationship";

    private static readonly string[] s_words = [Where, Unique, Group];

    private readonly IReadOnlyList<Line> _lines;
    private readonly Registry _registry;

    private OmopProfile(IReadOnlyList<Line> lines, Registry registry) => (_lines, _registry) = (lines, registry);

    /// <summary>Names of the tables that can be made of the data sets of the registry, persons first.</summary>
    public IReadOnlyList<string> Tables => [.. _lines.Select(l => l.Table).Distinct()];

    /// <summary>The profile, for a registry; of rules whose data sets it has not, nothing is made.</summary>
    public static OmopProfile Of(Registry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        using var file = typeof(OmopProfile).Assembly.GetManifestResourceStream("omop/cdm54.csv")!;
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        using var csv = CsvReader.Create(bytes, new CsvReaderOptions { Separator = ',', DetectSeparatorHint = false });
        var lines = new List<Line>();
        while (csv.Read())
        {
            // In the order of the columns: table, data_sets, field, value.
            var sets = string.Join(' ', csv.GetString(1).Split(' ').Where(registry.DataSets.ContainsKey));
            if (sets.Length > 0) lines.Add(new(csv.GetString(0), sets, csv.GetString(2), csv.GetString(3)));
        }

        return new(lines, registry);
    }

    /// <summary>The data sets of the registry that the tables are made of.</summary>
    public IReadOnlyList<string> DataSets => [.. _lines.SelectMany(l => l.Sets.Split(' ')).Concat([Vocabulary, Relations]).Where(_registry.DataSets.ContainsKey).Distinct()];

    /// <summary>The SELECT of a table over everything.</summary>
    public string Sql(string table) => Select(_lines.Where(l => l.Table == table), _registry.DataSets.ContainsKey);

    /// <summary>
    /// The SELECT of a table over what a Scope shows: a field whose items are hidden is empty, and what is made of a data set that is out of reach, or
    /// whose persons are shown in another way than those of the table of persons, is not there. Null when nothing of it is in reach. Problem: <c>scope.item</c> (persons, records or what says which rows they are is not shown).
    /// </summary>
    /// <param name="seen">Data set → what its holder sees of it.</param>
    public Result<string?> Sql(string table, IReadOnlyDictionary<string, ScopedTable> seen)
    {
        ArgumentNullException.ThrowIfNull(seen);

        // Where persons are shown as they are in one data set and by pseudonyms in another, the two have no person in common.
        var persons = seen.GetValueOrDefault(Persons)?.Find(SystemColumns.Subject)?.Action;
        bool Fits(string set) => seen.TryGetValue(set, out var one) && (one.Find(SystemColumns.Subject) is not { } subject || subject.Action == persons);
        var lines = new List<Line>();
        foreach (var line in _lines.Where(l => l.Table == table))
        {
            var sets = line.Sets.Split(' ').Where(Fits).ToList();
            if (sets.Count == 0) continue;
            var hidden = sets.Select(s => Hidden(line.Value, seen[s])).FirstOrDefault(h => h is not null) ?? (line.Value.Contains("{known}", StringComparison.Ordinal) ? HiddenOfPersons(seen) : null);
            if (hidden is not null && (s_words.Contains(line.Field) || line.Value is "{person}" or "{id}"))
                return new Problem(ProblemKind.Forbidden, "scope.item", $"{table} of OMOP cannot be made without {hidden}, which the purpose does not show.", new(Path: hidden));
            lines.Add(line with { Sets = string.Join(' ', sets), Value = hidden is null ? line.Value : "NULL" });
        }

        return lines.Count == 0 ? (string?)null : Select(lines, s => Fits(s) && (s != Visits || IsSeen(seen[s], "encounter_no")));
    }

    /// <summary>An item or column in an expression that its reader does not see, or does not see as the expression takes it; null when there is none.</summary>
    private static string? Hidden(string value, ScopedTable table)
    {
        var set = table.Shape.DataSet;
        var words = Word().Matches(Literal().Replace(value, "")).Select(m => m.Value switch { "id" => SystemColumns.Record, "person" or "known" => SystemColumns.Subject, "visit" => "encounter_no", var word => word });
        return words.FirstOrDefault(w => (w[0] == '_' || set.Find(w) is not null) && !IsSeen(table, w)) is { } hidden ? $"{set.Id}.{hidden}" : null;
    }

    private static string? HiddenOfPersons(IReadOnlyDictionary<string, ScopedTable> seen) =>
        seen.TryGetValue(Persons, out var persons) && IsSeen(persons, SystemColumns.Subject) && IsSeen(persons, "birth_date") ? null : $"{Persons}.birth_date";

    /// <summary>A number or time that is shown as a text is not taken for one.</summary>
    private static bool IsSeen(ScopedTable table, string column) =>
        table.Find(column) is { } seen && (seen.Kind != ValueKind.Text || seen.Stored is ValueKind.Text or ValueKind.Record or ValueKind.Subject);

    private static string Select(IEnumerable<Line> lines, Func<string, bool> has)
    {
        var rules = lines.GroupBy(l => l.Sets).ToList();
        var fields = rules.SelectMany(r => r.Select(l => l.Field)).Distinct().Except(s_words).ToList();
        return string.Join(" UNION ALL ", rules.Select(r => Select([.. r], fields, has)));
    }

    private static string Select(List<Line> rule, List<string> fields, Func<string, bool> has)
    {
        var values = fields.Select(f => $"{(Value(f) is { } value ? Written(value, has) : "NULL")} AS {f}");
        var sql = $"SELECT {string.Join(", ", values)} FROM {Source(rule[0].Sets.Split(' '))} AS r";
        if (Value(Where) is { } where) sql += $" WHERE {Written(where, has)}";
        if (Value(Group) is { } group) sql += $" GROUP BY {group}";

        // Of several records of a person the newest is told.
        return Value(Unique) is { } unique ? $"{sql} QUALIFY row_number() OVER (PARTITION BY {unique} ORDER BY _time DESC, _record) = 1" : sql;

        string? Value(string field) => rule.Find(l => l.Field == field)?.Value;
    }

    private static string Source(string[] sets) =>
        sets.Length == 1 ? sets[0] : $"({string.Join(" UNION ALL ", sets.Select(s => $"SELECT _subject, _time FROM {s}"))})";

    private static string Written(string value, Func<string, bool> has) => Macro().Replace(value, m => m.Groups["name"].Value switch
    {
        "id" => Id("_record"),
        "person" => Id("_subject"),
        "known" => "_subject IN (SELECT p._subject FROM person.basic AS p WHERE p.birth_date IS NOT NULL)",
        "visit" => has(Visits)
            ? $"CASE WHEN (_org || ' ' || encounter_no) IN (SELECT e._org || ' ' || e.encounter_no FROM encounter.encounter AS e) THEN {Id("(_org || ' ' || encounter_no)")} END"
            : "NULL",
        "concept" => has(Vocabulary) && has(Relations)
            ? $"coalesce((SELECT min(m.concept_id_2) FROM {Vocabulary} AS c JOIN {Relations} AS m ON m.concept_id_1 = c.concept_id AND m.relationship_id = 'Maps to' WHERE c.vocabulary_id = '{m.Groups["of"]}' AND c.concept_code = r.{m.Groups["item"]}), 0)"
            : "0",
        "source" => has(Vocabulary)
            ? $"coalesce((SELECT min(c.concept_id) FROM {Vocabulary} AS c WHERE c.vocabulary_id = '{m.Groups["of"]}' AND c.concept_code = r.{m.Groups["item"]}), 0)"
            : "0",
        var unknown => throw new InvalidOperationException($"standards/omop has no macro {unknown}."),
    });

    private static string Id(string key) => $"(hash({key}::VARCHAR) >> 1)::BIGINT";

    [GeneratedRegex(@"\{(?<name>[a-z]+)( (?<of>\w+) (?<item>\w+))?\}")]
    private static partial Regex Macro();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Literal();

    /// <summary>A line of the file: a field of a table, or a word that says which rows.</summary>
    private sealed record Line(string Table, string Sets, string Field, string Value);
}
