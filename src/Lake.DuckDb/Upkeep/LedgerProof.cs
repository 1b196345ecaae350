using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Settle;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Upkeep;

/// <summary>Proves that the tables hold what the ledger says, record by record once.</summary>
internal sealed class LedgerProof(DuckDBConnection connection, LakeTables tables, long filterBytes)
{
    private readonly PhysicalCatalog _catalog = new(connection);
    private readonly bool _touched = Touches.Pending(connection);

    public List<Problem> Run(CancellationToken cancellation)
    {
        var problems = Sums();
        problems.AddRange(Quarantine());
        foreach (var shape in tables.Shapes.Where(s => _catalog.Columns(s) is not null))
        {
            cancellation.ThrowIfCancellationRequested();
            problems.AddRange([.. Rows(shape), .. Duplicates(shape), .. History(shape)]);
        }

        return problems;
    }

    private string Visible(TableShape shape) => _touched ? Touches.Through(shape) : SqlNames.Table(shape);

    private List<Problem> Sums() => connection.Rows(
        r => Wrong($"batch {r.GetInt32(0)}: the sums of its data sets are not what the ledger says, or accepted + quarantined is not received."),
        """
        SELECT number FROM ops.batch b LEFT JOIN
            (SELECT batch, sum(received) AS r, sum(accepted) AS a, sum(quarantined) AS q, sum(superseded) AS s FROM ops.batch_count GROUP BY batch) c
            ON c.batch = b.number
        WHERE received <> coalesce(r, 0) OR accepted <> coalesce(a, 0) OR quarantined <> coalesce(q, 0) OR superseded <> coalesce(s, 0)
            OR accepted + quarantined <> received
        ORDER BY number
        """);

    private List<Problem> Quarantine() => connection.Rows(
        r => Wrong($"batch {r.GetInt32(0)}: {r.GetInt64(2)} rows in quarantine for {(r.IsDBNull(1) ? "-" : r.GetString(1))}, the ledger says {r.GetInt64(3)}."),
        """
        WITH stored AS (SELECT batch, data_set, count(*) AS rows FROM ops.quarantine GROUP BY ALL),
            said AS (SELECT batch, data_set, CASE WHEN status = 'committed' THEN c.quarantined ELSE 0 END AS rows
                FROM ops.batch_count c JOIN ops.batch ON batch = number)
        SELECT coalesce(stored.batch, said.batch), coalesce(stored.data_set, said.data_set), coalesce(stored.rows, 0), coalesce(said.rows, 0)::BIGINT
        FROM stored FULL JOIN said ON stored.batch = said.batch AND stored.data_set IS NOT DISTINCT FROM said.data_set
        WHERE coalesce(stored.rows, 0) <> coalesce(said.rows, 0) ORDER BY ALL
        """);

    private List<Problem> Rows(TableShape shape)
    {
        var history = _catalog.HistoryColumns(shape) is null ? "" : $" UNION ALL SELECT _batch FROM {SqlNames.History(shape)}";
        return connection.Rows(
            r => Wrong($"batch {r.GetInt32(0)}: {r.GetInt64(1)} rows of {shape.DataSet.Id}, the ledger says {r.GetInt64(2)}."),
            $"""
            WITH stored AS (SELECT _batch AS batch, count(*) AS rows FROM
                    (SELECT _batch FROM {Visible(shape)} WHERE _rejected IS NULL{history}) GROUP BY 1),
                said AS (SELECT batch, CASE WHEN status = 'committed' THEN c.accepted ELSE 0 END AS rows
                    FROM ops.batch_count c JOIN ops.batch ON batch = number WHERE data_set = $1)
            SELECT coalesce(stored.batch, said.batch), coalesce(stored.rows, 0), coalesce(said.rows, 0)::BIGINT
            FROM stored FULL JOIN said ON stored.batch = said.batch WHERE coalesce(stored.rows, 0) <> coalesce(said.rows, 0) ORDER BY ALL
            """,
            shape.DataSet.Id);
    }

    private IEnumerable<Problem> Duplicates(TableShape shape)
    {
        var rows = connection.Scalar<long>($"SELECT count(*) FROM {SqlNames.Table(shape)}");
        using var filter = new RecordFilter(rows, RecordFilter.Frugal, filterBytes);
        connection.Execute("CREATE OR REPLACE TEMP TABLE verify_again (record UHUGEINT)");
        for (var slice = 0; slice < filter.Slices; slice++)
        {
            filter.Begin(slice);
            using var lent = new LentFilter(filter);
            connection.Execute($"INSERT INTO temp.verify_again SELECT _record FROM {Visible(shape)} WHERE _rejected IS NULL AND settle_add({lent.Sql}, _record)");
        }

        var twice = connection.Scalar<long>(
            $"""
            SELECT count(*) FROM (SELECT _record FROM {Visible(shape)} WHERE _rejected IS NULL AND _record IN (SELECT record FROM temp.verify_again)
                GROUP BY 1 HAVING count(*) > 1)
            """);
        if (twice > 0) yield return Wrong($"{shape.DataSet.Id}: {twice} records are there more than once.");
    }

    private IEnumerable<Problem> History(TableShape shape)
    {
        if (_catalog.HistoryColumns(shape) is null) yield break;
        var strays = connection.Scalar<long>(
            $"SELECT count(*) FROM {SqlNames.History(shape)} WHERE _superseded_by NOT IN (SELECT number FROM ops.batch WHERE status = 'committed')");
        if (strays > 0) yield return Wrong($"{shape.DataSet.Id}: {strays} versions are superseded by a batch that is not in the ledger.");
    }

    private static Problem Wrong(Sentence message) => new(ProblemKind.Fault, "verify.ledger", message);
}
