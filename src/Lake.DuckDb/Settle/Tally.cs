using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>What one look over the rows that a transaction's batches brought to a data set counts.</summary>
internal sealed class Tally
{
    private readonly List<(int Batch, string? Organisation, long Rows, long Flagged)> _accepted = [];
    private readonly Dictionary<int, long> _refused = [];

    public long Refused => _refused.Values.Sum();

    public long Accepted => _accepted.Sum(a => a.Rows);

    /// <summary>The institutions whose rows were accepted.</summary>
    public IReadOnlyList<string?> Organisations => [.. _accepted.Select(a => a.Organisation).Distinct()];

    public static Tally Of(DuckDBConnection connection, TableShape shape, BatchRange batches)
    {
        var flagged = string.Join(" OR ", Enumerable.Range(0, shape.CheckWords).Select(w => $"{SystemColumns.ChecksWord(w)} <> 0"));
        var rows = connection.Rows(
            r => (Good: r.GetBoolean(0), Batch: r.GetInt32(1), Organisation: r.IsDBNull(2) ? null : r.GetString(2), Rows: r.GetInt64(3), Flagged: r.GetInt64(4)),
            $"SELECT _rejected IS NULL, _batch, _org, count(*), count(*) FILTER ({flagged}) FROM {SqlNames.Table(shape)} WHERE {batches.Mine} GROUP BY ALL");
        var tally = new Tally();
        foreach (var row in rows)
        {
            if (row.Good) tally._accepted.Add((row.Batch, row.Organisation, row.Rows, row.Flagged));
            else tally._refused[row.Batch] = tally._refused.GetValueOrDefault(row.Batch) + row.Rows;
        }

        return tally;
    }

    /// <summary>The counts of each batch that brought rows.</summary>
    /// <param name="superseded">Versions that went to history because of a batch.</param>
    public IEnumerable<(int Batch, BatchCount Count)> Counts(TableShape shape, IReadOnlyDictionary<int, long> superseded)
    {
        var accepted = _accepted.ToLookup(a => a.Batch);
        foreach (var batch in _refused.Keys.Union(accepted.Select(a => a.Key)).Order())
        {
            var (good, bad) = (accepted[batch].Sum(a => a.Rows), _refused.GetValueOrDefault(batch));
            yield return (batch, new(
                shape.DataSet.Id, shape.DataSet.Version, good + bad, good, bad, superseded.GetValueOrDefault(batch), accepted[batch].Sum(a => a.Flagged)));
        }
    }

    /// <summary>Notes in the ledger which organisations the batches' rows are from.</summary>
    public void Write(DuckDBConnection connection, TableShape shape)
    {
        using var appender = connection.CreateAppender("ops", "batch_org");
        foreach (var (batch, organisation, rows, _) in _accepted.OrderBy(a => a.Batch))
            appender.CreateRow().AppendValue(batch).AppendValue(shape.DataSet.Id).AppendValue(organisation).AppendValue(rows).EndRow();
    }
}
