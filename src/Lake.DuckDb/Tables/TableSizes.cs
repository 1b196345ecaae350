using System.Collections.Frozen;
using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Tables;

/// <summary>About how many rows the tables have, read from the catalog every few seconds: to decide who does some work, never what comes of it. Used by many threads.</summary>
internal sealed class TableSizes
{
    private const int KeptMilliseconds = 10_000;

    private volatile Sizes? _sizes;

    private sealed record Sizes(long Since, FrozenDictionary<(string Schema, string Table), long> Rows);

    /// <summary>Rows of a data set's table.</summary>
    public long Of(TableShape shape, DuckDbLake lake)
    {
        var sizes = _sizes;
        if (sizes is null || Environment.TickCount64 - sizes.Since > KeptMilliseconds) _sizes = sizes = lake.Read(Read);
        return sizes.Rows.GetValueOrDefault((shape.Schema, shape.Table));
    }

    private static Sizes Read(DuckDBConnection connection) => new(
        Environment.TickCount64,
        connection.Rows(r => (Key: (r.GetString(0), r.GetString(1)), Rows: r.GetInt64(2)), "SELECT schema_name, table_name, estimated_size FROM duckdb_tables() WHERE NOT internal AND database_name = current_database()").ToFrozenDictionary(t => t.Key, t => t.Rows));
}
