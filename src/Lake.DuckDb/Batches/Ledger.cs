using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>The tables <c>ops.batch</c>, <c>ops.batch_count</c>.</summary>
internal sealed class Ledger(DuckDBConnection connection)
{
    private const string Columns =
        "number, object_id, file_name, source, registry, bytes, started, committed, status, organisation";

    public int NextNumber() => connection.Scalar<int>("SELECT coalesce(max(number), 0) + 1 FROM ops.batch");

    /// <summary>The committed batch that loaded this object with this mapping, or null.</summary>
    public int? Find(string objectId, string source) => connection.Scalar<int?>(
        "SELECT max(number) FROM ops.batch WHERE object_id = $1 AND source = $2 AND status = 'committed'", objectId, source);

    public BatchEntry? Read(int number) => Read("WHERE number = $1", number).FirstOrDefault();

    /// <summary>Batches, the newest first.</summary>
    public List<BatchEntry> Newest(int limit) => Read("ORDER BY number DESC LIMIT $1", limit);

    public void Write(BatchEntry entry)
    {
        var header = entry.Header;
        connection.Execute(
            "INSERT INTO ops.batch VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'committed', $9, $10, $11, $12, NULL, $13)",
            entry.Number, header.ObjectId, header.FileName, header.Source, header.RegistryFingerprint, header.Bytes,
            entry.Started.UtcDateTime, entry.Committed.UtcDateTime, entry.Received, entry.Accepted, entry.Quarantined, entry.Superseded, header.Organisation);
        foreach (var c in entry.Counts)
        {
            connection.Execute(
                "INSERT INTO ops.batch_count VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                entry.Number, c.DataSet, c.DataSetVersion, c.Received, c.Accepted, c.Quarantined, c.Superseded, c.Flagged);
        }
    }

    private List<BatchEntry> Read(string tail, params ReadOnlySpan<object?> parameters)
    {
        var counts = connection.Rows(
            r => (Batch: r.GetInt32(0), Count: new BatchCount(
                Text(r, 1), Text(r, 2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7))),
            $"""
            SELECT batch, data_set, data_set_version, received, accepted, quarantined, superseded, flagged FROM ops.batch_count
            WHERE batch IN (SELECT number FROM ops.batch {tail}) ORDER BY batch, data_set
            """,
            parameters).ToLookup(c => c.Batch, c => c.Count);
        return connection.Rows(
            r => new BatchEntry(
                r.GetInt32(0), new(Text(r, 1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt64(5), Text(r, 9)), Utc(r, 6), Utc(r, 7),
                r.GetString(8) == "committed" ? BatchStatus.Committed : BatchStatus.TakenBack, [.. counts[r.GetInt32(0)]]),
            $"SELECT {Columns} FROM ops.batch {tail}",
            parameters);
    }

    private static string? Text(DuckDBDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateTimeOffset Utc(DuckDBDataReader reader, int column) =>
        new(DateTime.SpecifyKind(reader.GetDateTime(column), DateTimeKind.Utc));
}
