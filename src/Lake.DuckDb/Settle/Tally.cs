using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>What one look over a batch's rows of a data set counts.</summary>
internal sealed class Tally
{
    private readonly List<(string? Organisation, long Rows, long Flagged)> _accepted = [];

    public long Refused { get; private set; }

    public long Accepted => _accepted.Sum(a => a.Rows);

    public long Flagged => _accepted.Sum(a => a.Flagged);

    public static Tally Of(DuckDBConnection connection, TableShape shape, int batch)
    {
        var flagged = string.Join(" OR ", Enumerable.Range(0, shape.CheckWords).Select(w => $"{SystemColumns.ChecksWord(w)} <> 0"));
        var rows = connection.Rows(
            r => (Good: r.GetBoolean(0), Organisation: r.IsDBNull(1) ? null : r.GetString(1), Rows: r.GetInt64(2), Flagged: r.GetInt64(3)),
            $"SELECT _rejected IS NULL, _org, count(*), count(*) FILTER ({flagged}) FROM {SqlNames.Table(shape)} WHERE _batch = {batch} GROUP BY ALL");
        var tally = new Tally();
        foreach (var row in rows)
        {
            if (row.Good) tally._accepted.Add((row.Organisation, row.Rows, row.Flagged));
            else tally.Refused += row.Rows;
        }

        return tally;
    }

    /// <summary>The institutions whose rows were accepted.</summary>
    public IReadOnlyList<string?> Organisations => [.. _accepted.Select(a => a.Organisation)];

    /// <summary>Notes in the ledger which organisations the batch's rows are from.</summary>
    public void Write(DuckDBConnection connection, TableShape shape, int batch)
    {
        foreach (var (organisation, rows, _) in _accepted)
        {
            connection.Execute("INSERT INTO ops.batch_org VALUES ($1, $2, $3, $4)", batch, shape.DataSet.Id, organisation, rows);
        }
    }
}
