using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Settle;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.Upkeep;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Upkeep;

/// <summary>Counts rows and blocks of the data sets.</summary>
internal sealed class SizeReport(DuckDBConnection connection, LakeTables tables)
{
    private readonly PhysicalCatalog _catalog = new(connection);
    private readonly bool _touched = Touches.Pending(connection);
    private readonly long _blockSize = connection.Scalar<long>("SELECT block_size FROM pragma_database_size() WHERE database_name = current_database()");

    public List<DataSetStats> Run()
    {
        var quarantine = connection.Rows(
            r => (r.GetString(0), r.GetInt64(1)),
            "SELECT data_set, count(*) FROM ops.quarantine WHERE data_set IS NOT NULL GROUP BY 1").ToDictionary();
        var sorted = connection.Rows(r => (r.GetString(0), r.GetBoolean(1)), "SELECT id, sorted FROM ops.data_set").ToDictionary();
        return [.. tables.Shapes.Where(s => _catalog.Columns(s) is not null).Select(s => Of(s, quarantine, sorted))];
    }

    private DataSetStats Of(TableShape shape, Dictionary<string, long> quarantine, Dictionary<string, bool> sorted)
    {
        var (id, table) = (shape.DataSet.Id, SqlNames.Table(shape));
        var source = _touched ? Touches.Through(shape) : table;
        return new(
            id,
            connection.Scalar<long>($"SELECT count(*) FROM {source} WHERE _rejected IS NULL"),
            _catalog.HistoryColumns(shape) is null ? 0 : connection.Scalar<long>($"SELECT count(*) FROM {SqlNames.History(shape)}"),
            quarantine.GetValueOrDefault(id),
            Blocks(table) * _blockSize,
            sorted.GetValueOrDefault(id));
    }

    private long Blocks(string table) => connection.Scalar<long>(
        $"""
        WITH segment AS (SELECT block_id, additional_block_ids FROM pragma_storage_info({SqlNames.Literal(table)}) WHERE persistent)
        SELECT count(DISTINCT block) FROM (SELECT block_id AS block FROM segment UNION ALL SELECT unnest(additional_block_ids) FROM segment) WHERE block >= 0
        """);
}
