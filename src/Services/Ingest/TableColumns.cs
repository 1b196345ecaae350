using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Services.Ingest;

/// <summary>The columns of a file that the engine reads as a table.</summary>
/// <param name="Columns">Name in the file and SQL of each column.</param>
internal sealed record TableColumns(IReadOnlyList<(string Name, string Sql)> Columns)
{
    /// <summary>SQL of the column of this name, case aside; null when the file lacks it.</summary>
    public string? Find(string name)
    {
        foreach (var (column, sql) in Columns)
            if (column.Equals(name, StringComparison.OrdinalIgnoreCase)) return sql;
        return null;
    }

    /// <summary>The columns that the rule needs for required items and the file lacks; the organisation is no loss where the source gives it.</summary>
    public List<string> Missing(MappedRule rule, string? organisation) =>
        [.. rule.Read.Where(r => r.Item.Required && Find(r.From) is null && !(r.Item.Roles.HasFlag(Standards.Roles.Organisation) && organisation is not null)).Select(r => r.From)];

    /// <summary>Values of each column, and whether a rule reads it.</summary>
    /// <param name="from">FROM clause of the whole file.</param>
    public IReadOnlyList<PathUse> Uses(DuckDBConnection connection, string from, IReadOnlyList<MappedRule> rules)
    {
        var mapped = rules.SelectMany(r => r.Read.Select(m => Find(m.From))).ToHashSet();
        var counts = connection.Rows(
            r => Enumerable.Range(0, Columns.Count).Select(i => r.GetInt64(i)).ToArray(), $"SELECT {string.Join(", ", Columns.Select(c => $"count({c.Sql})"))} FROM {from}")[0];
        return [.. Columns.Select((c, i) => new PathUse(rules[0].Shape.DataSet.Id, c.Name, counts[i], mapped.Contains(c.Sql)))];
    }
}
