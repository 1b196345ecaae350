using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>What one look over the rows that a transaction's batches brought into a data set counts.</summary>
internal sealed class Tally
{
    // Stands for no institution among keys, of which none is null.
    private static readonly string None = new('\0', 1);

    private readonly List<(int Batch, string? Organisation, long Rows, long Flagged)> _accepted = [];
    private readonly SortedDictionary<int, long> _refused = [];

    /// <summary>Refused rows of each batch that has any.</summary>
    public IReadOnlyDictionary<int, long> Refused => _refused;

    public long Accepted => _accepted.Sum(a => a.Rows);

    /// <summary>The institutions whose rows were accepted.</summary>
    public IReadOnlyList<string?> Organisations => [.. _accepted.Select(a => a.Organisation).Distinct()];

    public static Tally Of(DuckDBConnection connection, TableShape shape, BatchRange batches)
    {
        var flagged = SystemColumns.AnyCheck(shape.CheckWords);
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

    /// <summary>The same, of rows that the appends gave back.</summary>
    public static Tally Of(List<AppendedRow> rows)
    {
        var (tally, good) = (new Tally(), new SortedDictionary<int, Dictionary<string, (long Rows, long Flagged)>>());
        foreach (var row in rows)
        {
            if (!row.Good)
            {
                tally._refused[row.Batch] = tally._refused.GetValueOrDefault(row.Batch) + 1;
                continue;
            }

            if (!good.TryGetValue(row.Batch, out var of)) good.Add(row.Batch, of = new(StringComparer.Ordinal));
            ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(of, row.Organisation ?? None, out _);
            count = (count.Rows + 1, count.Flagged + (row.Flagged ? 1 : 0));
        }

        foreach (var (batch, of) in good)
            foreach (var (organisation, (count, flagged)) in of) tally._accepted.Add((batch, ReferenceEquals(organisation, None) ? null : organisation, count, flagged));
        return tally;
    }

    /// <summary>Accepted and flagged rows of each batch that has any.</summary>
    public Dictionary<int, (long Accepted, long Flagged)> ByBatch() =>
        _accepted.GroupBy(a => a.Batch).ToDictionary(g => g.Key, g => (g.Sum(a => a.Rows), g.Sum(a => a.Flagged)));

    /// <summary>Accepted rows by batch and institution.</summary>
    public IEnumerable<(int Batch, string? Organisation, long Rows)> Senders => _accepted.Select(a => (a.Batch, a.Organisation, a.Rows));
}
