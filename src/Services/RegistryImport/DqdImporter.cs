using System.Globalization;
using System.Text.RegularExpressions;
using Yunnao.Kernel;
using Yunnao.Standards.Expressions;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// Checks of the OHDSI DataQualityDashboard over the OMOP data sets of the same folder. What one row alone can answer (plausible values of a
/// field, of a concept with its unit, dates in order) becomes checks that flag; what asks for another row or the person (foreign keys, standard
/// concepts of a domain, nothing before the birth or long after the death, dates of the visit, sex-specific concepts) becomes measures of quality. What needs more than that, or the SQL of another engine, is left out
/// and counted.
/// </summary>
internal sealed partial class DqdImporter : IRegistryFileImporter
{
    // Checks of a field that follow from the item itself, and those that need other tables or all rows.
    private static readonly string[] s_ofItem = ["isRequired", "isPrimaryKey"];

    private static readonly string[] s_ofOthers =
    [
        "measureValueCompleteness", "standardConceptRecordCompleteness", "sourceConceptRecordCompleteness", "sourceValueCompleteness", "measurePersonCompleteness", "measureConditionEraCompleteness", "measureObservationPeriodOverlap",
    ];

    public Problem? Import(IReadOnlyList<string> files, ImportOptions options, RegistryDraft draft)
    {
        foreach (var file in files)
        {
            if (!ForeignTable.Open(file).Try(out var table, out var problem)) return problem;
            var cell = new NamedCells(table);
            if (table.Column("checkName") >= 0 && table.Column("cdmTableName") < 0) draft.Report.Leave("dqd-descriptions", Path.GetFileName(file), table.Rows.Count());
            else if (table.Column("cdmTableName") < 0) return new(ProblemKind.Incorrect, "import.no-columns", "no column cdmTableName", new Place(file));
            else
            {
                var domain = OmopImporter.DomainOf(file, options);
                var measures = new DqdMeasures(domain, ImportNames.Id($"dqd.{Path.GetFileNameWithoutExtension(file)}"), draft);
                foreach (var cells in table.Rows) Import(c => cell[cells, c], domain, draft, measures);
                measures.Save();
            }
        }

        return null;
    }

    private static void Import(Func<string, string> row, string domain, RegistryDraft draft, DqdMeasures measures)
    {
        var (table, field) = (row("cdmTableName").ToLowerInvariant(), row("cdmFieldName").Trim('"').ToLowerInvariant());
        foreach (var check in s_ofOthers.Where(c => row(c) == "Yes")) draft.Report.Leave("dqd-other-rows", $"{table}.{field} {check}");
        foreach (var check in s_ofItem.Where(c => row(c) == "Yes")) draft.Report.Leave("dqd-of-item", $"{table}.{field} {check}");
        if (field.Length == 0) return;
        if (!draft.HasDataSet($"{domain}.{table}"))
        {
            draft.Report.Leave("dqd-no-data-set", $"{domain}.{table}");
            return;
        }

        measures.Add(row, table, field);
        if (row("conceptId").Length > 0) OfConcept(row, domain, table, field, draft);
        else OfField(row, domain, table, field, draft);
    }

    private static void OfField(Func<string, string> row, string domain, string table, string field, RegistryDraft draft)
    {
        Bound(row("plausibleValueLow"), ">=", "low");
        Bound(row("plausibleValueHigh"), "<=", "high");
        if (row("plausibleStartBeforeEnd") == "Yes") After(row("plausibleStartBeforeEndFieldName"), table, "<=", "start-before-end");
        if (row("plausibleTemporalAfter") == "Yes") After(row("plausibleTemporalAfterFieldName"), row("plausibleTemporalAfterTableName"), ">=", "after");

        void Bound(string text, string comparison, string what)
        {
            if (text.Length == 0) return;
            if (Literal(text) is { } literal) Put(draft, domain, table, $"{table}.{field}.{what}", $"{ImportNames.Snake(field)} {comparison} {literal}", "plausible value");
            else draft.Report.Leave("dqd-foreign-sql", $"{table}.{field} {text}");
        }

        void After(string other, string otherTable, string comparison, string what)
        {
            if (!otherTable.Equals(table, StringComparison.OrdinalIgnoreCase)) draft.Report.Leave("dqd-other-rows", $"{table}.{field} {what}");
            else Put(draft, domain, table, $"{table}.{field}.{what}", $"{ImportNames.Snake(field)} {comparison} {ImportNames.Snake(other.ToLowerInvariant())}", "dates in order");
        }
    }

    private static void OfConcept(Func<string, string> row, string domain, string table, string field, RegistryDraft draft)
    {
        var (concept, unit) = (row("conceptId"), row("unitConceptId"));
        var (low, high) = (Literal(row("plausibleValueLow")), Literal(row("plausibleValueHigh")));
        var name = ImportNames.Snake(field);
        if (low is null && high is null)
        {
            if (row("plausibleUnitConceptIds") is { Length: > 0 } units && Numbers().IsMatch(units) && units != "-1")
            {
                Put(draft, domain, table, $"{table}.{concept}.units", $"{name} <> {concept} or unit_concept_id in ({units})", $"unit of {row("conceptName")}");
            }
            else if (row("plausibleGender").Length == 0) draft.Report.Leave("dqd-other-rows", $"{table} {concept}");
            return;
        }

        var range = (low, high) switch
        {
            ({ } l, { } h) => $"value_as_number between {l} and {h}",
            ({ } l, null) => $"value_as_number >= {l}",
            _ => $"value_as_number <= {high}",
        };
        var ofUnit = unit.Length > 0 ? $" or unit_concept_id <> {unit}" : "";
        Put(draft, domain, table, $"{table}.{concept}.{(unit.Length > 0 ? unit : "any")}", $"{name} <> {concept}{ofUnit} or {range}", $"plausible value of {row("conceptName")}");
    }

    private static void Put(RegistryDraft draft, string domain, string table, string id, string expression, string message)
    {
        if (!RuleExpression.Parse(expression).Try(out _, out var problem))
        {
            draft.Report.Leave("dqd-foreign-sql", $"{id} {problem.Message}");
            return;
        }

        draft.Check(new Row
        {
            ["id"] = ImportNames.Id($"dqd.{id}"),
            ["dataset"] = $"{domain}.{table}",
            ["version"] = "1.0.0",
            ["status"] = "draft",
            ["severity"] = "flag",
            ["expression"] = expression,
            ["source"] = "OHDSI DataQualityDashboard",
        }.Name("", message, "message"));
    }

    /// <summary>A number as it is, <c>'19500101'</c> as a date, the two ways to say "not in the future"; null for other SQL.</summary>
    private static string? Literal(string text)
    {
        if (text == "DATEADD(dd,1,GETDATE())") return "current_date + interval 1 day";
        if (text == "YEAR(GETDATE())+1") return "year(current_date) + 1";
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number.ToString(CultureInfo.InvariantCulture);
        return DateOnly.TryParseExact(text.Trim('\''), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? $"date '{date:yyyy-MM-dd}'"
            : null;
    }

    [GeneratedRegex(@"^-?\d+(\s*,\s*-?\d+)*$")]
    private static partial Regex Numbers();
}
