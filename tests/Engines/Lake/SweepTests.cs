using DuckDB.NET.Data;
using Xunit;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Settle;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Tests.Engines.Lake;

public sealed class SweepTests
{
    [Fact]
    public void Refused_rows_go_in_pieces_and_no_other_row_does_also_where_rows_move_at_a_checkpoint()
    {
        using var folder = new LakeFolder();
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(folder.Path, "sweep.duckdb")}");
        connection.Open();
        connection.Execute("CREATE SCHEMA lab");
        connection.Execute("CREATE TABLE lab.result AS SELECT i AS id, 1 AS _batch, CASE WHEN i % 3 = 0 THEN 'x' END AS _rejected FROM range(300000) t(i)");
        connection.Execute("INSERT INTO lab.result SELECT i, 2, CASE WHEN i % 3 = 0 THEN 'x' END FROM range(600000) t(i)");
        connection.Execute("INSERT INTO lab.result SELECT i, 3, CASE WHEN i % 3 = 0 THEN 'x' END FROM range(300000) t(i)");
        connection.Execute("DELETE FROM lab.result WHERE _batch = 1 AND id < 250000");
        Touches.Sweep(connection, TestShapes.Lab, new BatchRange(2), 600_000, atOnce: 130_000);
        Assert.Equal(
            [(1, 50_000, 16_666), (2, 400_000, 0), (3, 300_000, 100_000)],
            connection.Rows(r => (r.GetInt32(0), (int)r.GetInt64(1), (int)r.GetInt64(2)), "SELECT _batch, count(*), count(_rejected) FROM lab.result GROUP BY 1 ORDER BY 1"));
    }
}
