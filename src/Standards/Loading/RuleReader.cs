using Yunnao.Standards.Expressions;

namespace Yunnao.Standards.Loading;

/// <summary>Reads <c>checks.csv</c>.</summary>
internal sealed class RuleReader(
    RegistryFiles files, Versions<ValueSet> valueSets, Versions<DataSet> dataSets, IReadOnlyDictionary<string, ItemList> items,
    ProblemList problems)
{
    private static readonly TableColumns Columns = TableColumns.Of(RegistryColumns.Checks);


    /// <summary>The rules in force, by data set, in the order of the file.</summary>
    public ILookup<string, Rule> Read()
    {
        var rules = new Versions<Rule>("check", problems);
        if (files["checks.csv"] is { } file)
        {
            using var row = CsvTable.Open(file, Columns, problems);
            while (row?.Next() == true) ReadRow(row, rules);
        }

        return rules.Current().Values.Where(r => r.Status != Status.Superseded).OrderBy(r => r.At.Line).ToLookup(r => r.DataSet);
    }

    private void ReadRow(CsvTable row, Versions<Rule> rules)
    {
        var id = row["id"];
        if (Identifiers.IdFault(id) is { } fault) row.Report("standards.name", $"check id '{id}' {fault}");
        var version = row.Version();
        var status = row.Status();
        var severity = Vocabulary.Severity(row["severity"]);
        if (severity is null) row.Report("standards.bad-value", $"severity is '{row["severity"]}'; it is reject or flag");
        var dataSet = row["dataset"];
        if (!dataSets.Knows(dataSet)) row.ReportUnknown("standards.unknown-data-set", "data set", dataSet, dataSets.Ids);
        var message = row.Names("message", required: true);
        CheckExpression(row, dataSet);
        var rule = new Rule(id, dataSet, version, status, severity ?? Severity.Reject, row["expression"], message, row["source"], row.At);
        rules.Add(id, version, status, rule, row.At);
    }

    private void CheckExpression(CsvTable row, string dataSet)
    {
        if (!RuleExpression.Parse(row["expression"]).Try(out var expression, out var mistake))
        {
            row.Report(mistake.Code, mistake.Message);
            return;
        }

        foreach (var (_, valueSet) in expression.InSets.Where(s => !valueSets.Knows(s.ValueSet)))
        {
            row.ReportUnknown("standards.unknown-value-set", "value set", valueSet, valueSets.Ids);
        }

        if (expression.Mentions.Any()) row.Report("standards.bad-expression", "mentions() is for the rules of alarms/, not for checks");
        if (!items.TryGetValue(dataSet, out var list)) return;
        foreach (var item in expression.Items.Where(i => !list.Names.Contains(i)))
        {
            row.ReportUnknown("standards.unknown-item", $"item of data set '{dataSet}'", item, list.Names);
        }
    }
}
