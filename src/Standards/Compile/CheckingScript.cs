using System.Text;

namespace Yunnao.Standards.Compile;

/// <summary>The checking statement of a data set as a person reads it: over a table <c>staging</c> that has one text column an item.</summary>
public static class CheckingScript
{
    /// <summary>What each bit of <c>_checks</c> means, the types of the value sets, and the statement.</summary>
    public static string Build(DataSet dataSet, Registry registry)
    {
        var shape = new TableShape(dataSet);
        var sets = new CodeSets(registry);
        var texts = dataSet.Items.ToDictionary(i => i.Name, i => new StagedText(i.Name), StringComparer.Ordinal);
        var rows = new StagedRows("staging", texts, null, null, null, null, ReplacedBytes: false, "0", sets);
        var statement = CheckingSql.Build(shape, rows);
        var sql = new StringBuilder($"-- {dataSet.Id} {dataSet.Version}: all checks in one scan. record_key, subject_of and bits_of are functions of the lake.\n");
        foreach (var check in shape.Checks)
        {
            sql.Append($"-- {SystemColumns.ChecksWord(check.Ordinal / 64)} bit {check.Ordinal % 64}: {check.Reason} ({check.Severity.ToString().ToLowerInvariant()})\n");
        }

        foreach (var type in sets.Types.Values) sql.Append(type).Append(";\n");
        return sql.Append(statement).Append(";\n").ToString();
    }
}
