using System.Globalization;
using System.Text;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// The checks of the DataQualityDashboard that ask for another row, as measures: <c>isForeignKey</c>, <c>fkDomain</c>, <c>fkClass</c>,
/// <c>isStandardValidConcept</c>, <c>plausibleAfterBirth</c>, <c>plausibleBeforeDeath</c>, <c>plausibleDuringLife</c>, <c>withinVisitDates</c>,
/// <c>plausibleGender</c>; each as the SQL file of its name in DQD has it. A concept without the letter S is no standard concept, as DQD means it
/// (its issue 626).
/// </summary>
/// <param name="id">Of the file of measures.</param>
internal sealed class DqdMeasures(string domain, string id, RegistryDraft draft)
{
    // OMOP standard concepts of the domain Gender.
    private const string Male = "8507";
    private const string Female = "8532";

    // DQD's allowances: what happens in the two months after a death, and a week around a visit, is plausible.
    private const int DaysAfterDeath = 60;
    private const int DaysAroundVisit = 7;

    private readonly StringBuilder _measures = new();
    private readonly bool _knowsPerson = draft.PersonFacts(id) is not { } person || person.Contains($"{domain}.person", StringComparison.Ordinal);
    private bool _asksPerson;

    /// <summary>Takes what a row of the dashboard's tables asks of a field of a data set.</summary>
    public void Add(Func<string, string> row, string table, string field)
    {
        var name = ImportNames.Snake(field);
        if (row("isForeignKey") == "Yes") ForeignKey(table, name, row("fkTableName").Trim('"').ToLowerInvariant(), row("fkFieldName").Trim('"').ToLowerInvariant());
        Concept(row, table, name);
        if (row("plausibleDuringLife") == "Yes")
            Beside(table, name, "during-life", ("不晚于死亡后60天", "no more than 60 days after the death"), "death", "person_id", $"{name} <= other.death_date + interval {DaysAfterDeath} day");
        if (row("plausibleBeforeDeath") == "Yes")
            Beside(table, name, "before-death", ("不晚于死亡后第60天", "by the 60th day after the death"), "death", "person_id", $"{name} < other.death_date + interval {DaysAfterDeath + 1} day");
        if (row("withinVisitDates") == "Yes")
        {
            Beside(
                table, name, "within-visit", ("在就诊前后一周之内", "within a week of its visit"), "visit_occurrence", "visit_occurrence_id",
                $"{name} >= other.visit_start_date - interval {DaysAroundVisit} day and {name} <= other.visit_end_date + interval {DaysAroundVisit} day");
        }

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

    /// <summary>What the vocabulary says of a concept: its domain, its class, that it is standard and valid. 0 is no concept.</summary>
    private void Concept(Func<string, string> row, string table, string item)
    {
        if (row("fkDomain") is { Length: > 0 } of) Of("domain", ($"的领域为 {of}", $"is of the domain {of}"), $"other.domain_id = {Literal(of)}");
        if (row("fkClass") is { Length: > 0 } kind) Of("class", ($"的类别为 {kind}", $"is of the class {kind}"), $"other.concept_class_id = {Literal(kind)}");
        if (row("isStandardValidConcept") == "Yes")
            Of("standard", ("为有效的标准概念", "is a standard and valid concept"), "other.standard_concept is not null and other.standard_concept = 'S' and other.invalid_reason is null");

        void Of(string what, (string Zh, string En) name, string holds) => Beside(table, item, what, name, "concept", "concept_id", holds, $"{item} <> 0", on: item);
    }

    /// <summary>A condition over a row and the other records that belong to it.</summary>
    private void Beside(string table, string item, string what, (string Zh, string En) name, string otherTable, string key, string holds, string? where = null, string? on = null)
    {
        if (!draft.HasDataSet($"{domain}.{otherTable}"))
        {
            draft.Report.Leave("dqd-no-data-set", $"{domain}.{otherTable}");
            return;
        }

        string[] asked = where is null ? [] : [$"where: {where}"];
        Put(
            $"{table}.{item}.{what}", $"{table}.{item} {name.Zh}", $"{table}.{item} {name.En}", otherTable == "concept" ? "conformity" : "plausibility", table,
            [.. asked, $"beside: {{ dataset: {domain}.{otherTable}, on: {{ {on ?? key}: {key} }} }}", $"holds: {Quoted(holds)}"]);
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

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
