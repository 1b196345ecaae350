using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Feeds;

/// <summary>
/// The tables <c>ops.feed_mark</c> and <c>ops.feed_row</c>. They are written in the transaction of the batch that holds the rows, so a
/// watermark advances if and only if its rows are in the lake.
/// </summary>
public sealed class FeedMarks
{
    private readonly DuckDbLake _lake;

    internal FeedMarks(DuckDbLake lake) => _lake = lake;

    /// <summary>
    /// How far a table was pulled. Where a batch was taken back since, that is how far it was pulled before that batch; what came after is
    /// pulled again. Rows of the table are in the order in which they were written.
    /// </summary>
    public FeedPosition Read(string feed, string table) => _lake.Read(c =>
    {
        var back = c.Scalar<long?>(
            "SELECT min(m.rowid) FROM ops.feed_mark m JOIN ops.batch b ON b.number = m.batch WHERE feed = $1 AND tab = $2 AND b.status <> 'committed'", feed, table);
        if (back is { } since)
        {
            using var transaction = c.BeginTransaction();
            c.Execute("DELETE FROM ops.feed_mark WHERE feed = $1 AND tab = $2 AND rowid >= $3", feed, table, since);
            c.Execute("DELETE FROM ops.feed_row WHERE feed = $1 AND tab = $2", feed, table);
            transaction.Commit();
        }

        var mark = c.Scalar<long?>("SELECT mark FROM ops.feed_mark WHERE feed = $1 AND tab = $2 ORDER BY rowid DESC LIMIT 1", feed, table);
        var seen = c.Rows(
            r => new UInt128(r.GetFieldValue<ulong>(0), r.GetFieldValue<ulong>(1)), "SELECT hash_high, hash_low FROM ops.feed_row WHERE feed = $1 AND tab = $2", feed, table);
        return new FeedPosition(mark, [.. seen]);
    });

    /// <summary>Notes progress on the connection of a batch, inside its transaction.</summary>
    public void Write(DuckDBConnection connection, int batch, FeedProgress progress)
    {
        var (feed, table) = (progress.Feed, progress.Table);
        connection.Execute(
            "INSERT INTO ops.feed_mark VALUES ($1, $2, $3, $4, $5, $6, $7)", feed, table, batch, progress.Mark, progress.Query, progress.Rows, _lake.Time.GetUtcNow().UtcDateTime);
        connection.Execute("DELETE FROM ops.feed_row WHERE feed = $1 AND tab = $2 AND (mark < $3 OR $4)", feed, table, progress.Forget, progress.Anew);
        using var appender = connection.CreateAppender("ops", "feed_row");
        foreach (var (mark, hash) in progress.Seen)
            appender.CreateRow().AppendValue(feed).AppendValue(table).AppendValue(mark).AppendValue((ulong)(hash >> 64)).AppendValue((ulong)hash).EndRow();
    }

    /// <summary>Notes progress that needed no batch: the rows are those of one that was committed before.</summary>
    public void Write(int batch, FeedProgress progress) => _lake.Read(c =>
    {
        using var transaction = c.BeginTransaction();
        Write(c, batch, progress);
        transaction.Commit();
        return true;
    });
}
