using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>What one look over the rows that a transaction's batches brought into a data set counts.</summary>
internal sealed class Tally
{
    private readonly List<(int Batch, string? Organisation, long Rows, long Flagged)> _accepted = [];
    private readonly SortedDictionary<int, long> _refused = [];

    /// <summary>Refused rows of each batch that has any.</summary>
    public IReadOnlyDictionary<int, long> Refused => _refused;

    public long Accepted => _accepted.Sum(a => a.Rows);

    /// <summary>The institutions whose rows were accepted.</summary>
    public IReadOnlyList<string?> Organisations => [.. _accepted.Select(a => a.Organisation).Distinct()];

    public static Tally Of(DuckDBConnection connection, TableShape shape, BatchRange batches)
    {
        var flagged = string.Join(" OR ", Enumerable.Range(0, shape.CheckWords).Select(w => $"{SystemColumns.ChecksWord(w)} <> 0"));
        var rows = connection.Rows(
            r => (Good: r.GetBoolean(0), Batch: r.GetInt32(1), Organisation: r.IsDBNull(2) ? null : r.GetString(2), Rows: r.GetInt64(3), Flagged: r.GetInt64(4)),
            $"SELECT _rejected IS NULL, _batch, _org, count(*), count(*) FILTER ({flagged}) FROM {SqlNames.Table(shape)} WHERE {batches.Holds()} GROUP BY ALL");
        var tally = new Tally();
        foreach (var row in rows)
        {
            if (row.Good) tally._accepted.Add((row.Batch, row.Organisation, row.Rows, row.Flagged));
            else tally._refused[row.Batch] = tally._refused.GetValueOrDefault(row.Batch) + row.Rows;
        }

        return tally;
    }

    /// <summary>Accepted and flagged rows of each batch that has any.</summary>
    public Dictionary<int, (long Accepted, long Flagged)> ByBatch() =>
        _accepted.GroupBy(a => a.Batch).ToDictionary(g => g.Key, g => (g.Sum(a => a.Rows), g.Sum(a => a.Flagged)));

    /// <summary>Notes in the ledger which organisations the batches' rows are from.</summary>
    public void Write(DuckDBConnection connection, TableShape shape)
    {
        using var appender = connection.CreateAppender("ops", "batch_org");
        foreach (var (batch, organisation, rows, _) in _accepted)
            appender.CreateRow().AppendValue(batch).AppendValue(shape.DataSet.Id).AppendValue(organisation).AppendValue(rows).EndRow();
    }
}
