using System.Text.RegularExpressions;
using CsvHelper;
using Yunnao.Standards;

namespace Yunnao.Services.Omop;

/// <summary>
/// Our data sets as tables of the OMOP Common Data Model 5.4 (OHDSI): <c>standards/omop/cdm54.csv</c> says for each table of which data sets it is
/// made and what each field is, as SQL over their items; this compiles it to one SELECT a table, which is read as every text query is. Ids are
/// hashes of 63 bits. Concepts are looked up in the vocabulary (<c>omop54.concept</c>) where the registry has one, and are 0 otherwise.
/// </summary>
public sealed partial class OmopProfile
{
    private const string Where = "where", Unique = "unique", Group = "group";
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

    /// <summary>The SELECT of a table.</summary>
    public string Sql(string table)
    {
        var rules = _lines.Where(l => l.Table == table).GroupBy(l => l.Sets).ToList();
        var fields = rules.SelectMany(r => r.Select(l => l.Field)).Distinct().Except(s_words).ToList();
        return string.Join(" UNION ALL ", rules.Select(r => Select([.. r], fields)));
    }

    private string Select(List<Line> rule, List<string> fields)
    {
        var values = fields.Select(f => $"{(Value(f) is { } value ? Written(value) : "NULL")} AS {f}");
        var sql = $"SELECT {string.Join(", ", values)} FROM {Source(rule[0].Sets.Split(' '))} AS r";
        if (Value(Where) is { } where) sql += $" WHERE {Written(where)}";
        if (Value(Group) is { } group) sql += $" GROUP BY {group}";

        // Of several records of a person the newest is told.
        return Value(Unique) is { } unique ? $"{sql} QUALIFY row_number() OVER (PARTITION BY {unique} ORDER BY _time DESC, _record) = 1" : sql;

        string? Value(string field) => rule.Find(l => l.Field == field)?.Value;
    }

    private static string Source(string[] sets) =>
        sets.Length == 1 ? sets[0] : $"({string.Join(" UNION ALL ", sets.Select(s => $"SELECT _subject, _time FROM {s}"))})";

    private string Written(string value) => Macro().Replace(value, m => m.Groups["name"].Value switch
    {
        "id" => Id("_record"),
        "person" => Id("_subject"),
        "known" => "_subject IN (SELECT p._subject FROM person.basic AS p WHERE p.birth_date IS NOT NULL)",
        "visit" => _registry.DataSets.ContainsKey("encounter.encounter")
            ? $"CASE WHEN (_org || ' ' || encounter_no) IN (SELECT e._org || ' ' || e.encounter_no FROM encounter.encounter AS e) THEN {Id("(_org || ' ' || encounter_no)")} END"
            : "NULL",
        "concept" => _registry.DataSets.ContainsKey(Vocabulary) && _registry.DataSets.ContainsKey(Relations)
            ? $"coalesce((SELECT min(m.concept_id_2) FROM {Vocabulary} AS c JOIN {Relations} AS m ON m.concept_id_1 = c.concept_id AND m.relationship_id = 'Maps to' WHERE c.vocabulary_id = '{m.Groups["of"]}' AND c.concept_code = r.{m.Groups["item"]}), 0)"
            : "0",
        "source" => _registry.DataSets.ContainsKey(Vocabulary)
            ? $"coalesce((SELECT min(c.concept_id) FROM {Vocabulary} AS c WHERE c.vocabulary_id = '{m.Groups["of"]}' AND c.concept_code = r.{m.Groups["item"]}), 0)"
            : "0",
        var unknown => throw new InvalidOperationException($"standards/omop has no macro {unknown}."),
    });

    private static string Id(string key) => $"(hash({key}::VARCHAR) >> 1)::BIGINT";

    [GeneratedRegex(@"\{(?<name>[a-z]+)( (?<of>\w+) (?<item>\w+))?\}")]
    private static partial Regex Macro();

    /// <summary>A line of the file: a field of a table, or a word that says which rows.</summary>
    private sealed record Line(string Table, string Sets, string Field, string Value);
}
