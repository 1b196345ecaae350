using Yunnao.Lake.Batches;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>Joins the counts of settled data sets with those of the records that gave no row.</summary>
internal static class LedgerCounts
{
    public static IReadOnlyList<BatchCount> Merge(IEnumerable<BatchCount> settled, IEnumerable<KeyValuePair<string, long>> refused)
    {
        var counts = settled.ToDictionary(c => c.DataSet ?? "");
        foreach (var (dataSet, rows) in refused)
        {
            var count = counts.GetValueOrDefault(dataSet) ?? new BatchCount(dataSet.Length == 0 ? null : dataSet, null, 0, 0, 0, 0, 0);
            counts[dataSet] = count with { Received = count.Received + rows, Quarantined = count.Quarantined + rows };
        }

        foreach (var count in counts.Values)
        {
            if (count.Accepted + count.Quarantined != count.Received)
            {
                throw new InvalidOperationException(
                    $"{count.DataSet}: accepted {count.Accepted} + quarantined {count.Quarantined} is not received {count.Received}.");
            }
        }

        return [.. counts.Values.OrderBy(c => c.DataSet, StringComparer.Ordinal)];
    }
}
