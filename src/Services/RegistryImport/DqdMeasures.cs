using System.Globalization;
using System.Text;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// The checks of the DataQualityDashboard that ask for another row, as measures: <c>isForeignKey</c>, <c>plausibleAfterBirth</c>,
/// <c>plausibleGender</c> (DQD, field_is_foreign_key.sql, field_plausible_after_birth.sql, concept_plausible_gender.sql).
/// </summary>
/// <param name="id">Of the file of measures.</param>
internal sealed class DqdMeasures(string domain, string id, RegistryDraft draft)
{
    // OMOP standard concepts of the domain Gender.
    private const string Male = "8507";
    private const string Female = "8532";

    private readonly StringBuilder _measures = new();
    private readonly bool _knowsPerson = draft.PersonFacts(id) is not { } person || person.Contains($"{domain}.person", StringComparison.Ordinal);
    private bool _asksPerson;

    /// <summary>Takes what a row of the dashboard's tables asks of a field of a data set.</summary>
    public void Add(Func<string, string> row, string table, string field)
    {
        var name = ImportNames.Snake(field);
        if (row("isForeignKey") == "Yes") ForeignKey(table, name, row("fkTableName").Trim('"').ToLowerInvariant(), row("fkFieldName").Trim('"').ToLowerInvariant());
        if (row("plausibleAfterBirth") == "Yes" && KnowsPerson($"{table}.{field} plausibleAfterBirth"))
            Put($"{table}.{field}.after-birth", $"{table}.{name} 不早于出生", $"{table}.{name} not before the birth", "plausibility", table, $"holds: {name} >= subject_birth");
        if (row("plausibleGender") is { Length: > 0 } sex && KnowsPerson($"{table}.{row("conceptId")} plausibleGender"))
        {
            var (code, zh) = sex.StartsWith('M') ? (Male, "男性") : (Female, "女性");
            Put(
                $"{table}.{row("conceptId")}.gender", $"仅见于{zh}:{row("conceptName")}", $"{row("conceptName")} in {(code == Male ? "men" : "women")} only", "plausibility", table,
                $"where: {name} = {row("conceptId")}", $"holds: subject_sex = '{code}'");
        }
    }

    /// <summary>Writes the measures into a file of <c>quality/</c>; nothing where there are none.</summary>
    public void Save()
    {
        if (_measures.Length == 0) return;
        var head = new StringBuilder("version: 1.0.0\nstatus: draft\nsource: OHDSI DataQualityDashboard\n");
        if (!draft.HasDimensions(id))
        {
            head.Append("dimensions:\n  - { id: conformity, name: { zh: 规范性, en: Conformity }, weight: 1 }\n  - { id: plausibility, name: { zh: 合理性, en: Plausibility }, weight: 1 }\n");
            head.Append("derived:\n  rule: { dimension: plausibility, weight: 1 }\n");
        }

        if (_asksPerson && draft.PersonFacts(id) is null) head.Append(CultureInfo.InvariantCulture, $"person: {{ dataset: {domain}.person, birth: birth_datetime, sex: gender_concept_id }}\n");
        draft.Measures(id, $"{head}measures:\n{_measures}");
    }

    private void ForeignKey(string table, string item, string otherTable, string otherField)
    {
        if (!draft.HasDataSet($"{domain}.{otherTable}") || otherField.Length == 0)
        {
            draft.Report.Leave("dqd-no-data-set", $"{domain}.{otherTable}");
            return;
        }

        Put(
            $"{table}.{item}.foreign-key", $"{table}.{item} 在 {otherTable} 中存在", $"{table}.{item} is in {otherTable}", "conformity", table,
            $"exists: {{ dataset: {domain}.{otherTable}, on: {{ {item}: {ImportNames.Snake(otherField)} }} }}");
    }

    private bool KnowsPerson(string what)
    {
        if (_knowsPerson) return _asksPerson = true;
        draft.Report.Leave("dqd-other-person", what);
        return false;
    }

    private void Put(string id, string zh, string en, string dimension, string table, params string[] says)
    {
        _measures.Append(CultureInfo.InvariantCulture, $"  - id: {ImportNames.Id($"dqd.{id}")}\n    name: {{ zh: {Quoted(zh)}, en: {Quoted(en)} }}\n    dimension: {dimension}\n    weight: 1\n    dataset: {domain}.{table}\n");
        foreach (var line in says) _measures.Append("    ").Append(line).Append('\n');
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
