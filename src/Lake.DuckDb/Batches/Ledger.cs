using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>The tables <c>ops.batch</c>, <c>ops.batch_count</c>, <c>ops.batch_org</c>.</summary>
internal sealed class Ledger(DuckDBConnection connection)
{
    private const string Columns =
        "number, object_id, file_name, source, registry, bytes, started, committed, status, organisation";

    public int NextNumber() => connection.Scalar<int>("SELECT coalesce(max(number), 0) + 1 FROM ops.batch");

    /// <summary>The committed batches that loaded these objects with this mapping, by object id.</summary>
    public Dictionary<string, int> Find(IReadOnlyCollection<string> objectIds, string source) => connection.Rows(
        r => (Id: r.GetString(0), Number: r.GetInt32(1)),
        $"""
        SELECT object_id, max(number) FROM ops.batch
        WHERE object_id IN ({string.Join(", ", objectIds.Select(SqlNames.Literal))}) AND source = $1 AND status = 'committed' GROUP BY 1
        """,
        source).ToDictionary(b => b.Id, b => b.Number, StringComparer.Ordinal);

    public BatchEntry? Read(int number) => Read("WHERE number = $1", number).FirstOrDefault();

    /// <summary>Batches, the newest first.</summary>
    public List<BatchEntry> Newest(int limit, BatchFilter filter) => Read(
        "WHERE ($2::VARCHAR IS NULL OR starts_with(file_name, $2::VARCHAR)) AND ($3::BOOLEAN IS NULL OR (status = 'taken-back') = $3::BOOLEAN) ORDER BY number DESC LIMIT $1",
        limit, filter.Name, filter.TakenBack);

    public void Write(IReadOnlyList<BatchEntry> entries)
    {
        using (var batches = connection.CreateAppender("ops", "batch"))
        {
            foreach (var entry in entries)
            {
                var header = entry.Header;
                batches.CreateRow().AppendValue(entry.Number).AppendValue(header.ObjectId).AppendValue(header.FileName).AppendValue(header.Source)
                    .AppendValue(header.RegistryFingerprint).AppendValue(header.Bytes).AppendValue(entry.Started.UtcDateTime).AppendValue(entry.Committed.UtcDateTime)
                    .AppendValue("committed").AppendValue(entry.Received).AppendValue(entry.Accepted).AppendValue(entry.Quarantined).AppendValue(entry.Superseded)
                    .AppendNullValue().AppendValue(header.Organisation).EndRow();
            }
        }

        using var counts = connection.CreateAppender("ops", "batch_count");
        foreach (var entry in entries)
        {
            foreach (var c in entry.Counts)
            {
                counts.CreateRow().AppendValue(entry.Number).AppendValue(c.DataSet).AppendValue(c.DataSetVersion).AppendValue(c.Received)
                    .AppendValue(c.Accepted).AppendValue(c.Quarantined).AppendValue(c.Superseded).AppendValue(c.Flagged).EndRow();
            }
        }
    }

    /// <summary>Notes from which institutions the accepted rows of batches are.</summary>
    public void Write(IEnumerable<(int Batch, string DataSet, string? Organisation, long Rows)> senders)
    {
        using var appender = connection.CreateAppender("ops", "batch_org");
        foreach (var (batch, dataSet, organisation, rows) in senders)
            appender.CreateRow().AppendValue(batch).AppendValue(dataSet).AppendValue(organisation).AppendValue(rows).EndRow();
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
