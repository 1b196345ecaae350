using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.Migration;

namespace Yunnao.Lake.DuckDb.Migration;

/// <summary>
/// What the lake remembers of the registries its tables were made from: their files, and for each data set what the bits of
/// <c>_checks</c> meant, so that rows can be read by the version that judged them.
/// </summary>
internal sealed class RegistryMemory(DuckDBConnection connection)
{
    /// <summary>The registry that the tables follow now, or null.</summary>
    public AppliedRegistry? Newest()
    {
        if (!Exists()) return null;
        return connection.Rows(
            r => new AppliedRegistry(r.GetString(0), new(DateTime.SpecifyKind(r.GetDateTime(1), DateTimeKind.Utc)), Bytes(r)),
            "SELECT fingerprint, applied, files FROM ops.registry ORDER BY applied DESC LIMIT 1").FirstOrDefault();
    }

    /// <summary>Remembers a registry and the check lists of its data sets, inside the transaction of the connection.</summary>
    public void Write(RegistryStamp stamp, LakeTables tables, DateTimeOffset now)
    {
        connection.Execute("DELETE FROM ops.registry WHERE fingerprint = $1", stamp.Fingerprint);
        connection.Execute("INSERT INTO ops.registry VALUES ($1, $2, $3)", stamp.Fingerprint, now.UtcDateTime, stamp.Files());
        connection.Execute("DELETE FROM ops.check_list WHERE registry = $1", stamp.Fingerprint);
        using var appender = connection.CreateAppender("ops", "check_list");
        foreach (var shape in tables.Shapes)
        {
            appender.CreateRow().AppendValue(stamp.Fingerprint).AppendValue(shape.DataSet.Id).AppendValue(shape.DataSet.Version)
                .AppendValue(shape.Checks.Select(c => c.Reason).ToList()).EndRow();
        }
    }

    private bool Exists() => connection.Scalar<long>(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = 'registry' AND database_name = current_database()") > 0;

    private static byte[] Bytes(DuckDBDataReader reader)
    {
        using var stream = reader.GetStream(2);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
