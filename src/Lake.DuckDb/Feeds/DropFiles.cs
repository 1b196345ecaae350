using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Feeds;

/// <summary>
/// The table <c>ops.drop_file</c>: the files of a drop that were dealt with, so that they are not fetched again. It only saves work: what
/// was loaded is known by its hash, and a file that is not noted here is found to be a batch already.
/// </summary>
public sealed class DropFiles
{
    private readonly DuckDbLake _lake;

    internal DropFiles(DuckDbLake lake) => _lake = lake;

    /// <summary>Names of the files dealt with, each with its length and tag at that time.</summary>
    /// <param name="place">The drop: a folder's path, or an address without a secret.</param>
    public Dictionary<string, (long Length, string Tag)> Read(string place) => _lake.Read(c => c.Rows(
        r => (Name: r.GetString(0), Length: r.GetInt64(1), Tag: r.GetString(2)), "SELECT name, length, tag FROM ops.drop_file WHERE place = $1", place)
        .ToDictionary(f => f.Name, f => (f.Length, f.Tag), StringComparer.Ordinal));

    /// <summary>Notes files that were dealt with, in place of what was noted of them before.</summary>
    public void Write(string place, IReadOnlyCollection<(string Name, long Length, string Tag, int? Batch, string? Problem)> files) => _lake.Read(c =>
    {
        using var transaction = c.BeginTransaction();
        c.Execute("CREATE OR REPLACE TEMP TABLE dropped AS FROM ops.drop_file LIMIT 0");
        using (var appender = c.CreateAppender("temp", "main", "dropped"))
        {
            foreach (var f in files)
            {
                appender.CreateRow().AppendValue(place).AppendValue(f.Name).AppendValue(f.Length).AppendValue(f.Tag).AppendValue(f.Batch).AppendValue(f.Problem)
                    .AppendValue(_lake.Time.GetUtcNow().UtcDateTime).EndRow();
            }
        }

        c.Execute("DELETE FROM ops.drop_file WHERE place = $1 AND name IN (SELECT name FROM dropped)", place);
        c.Execute("INSERT INTO ops.drop_file FROM dropped");
        transaction.Commit();
        return true;
    });
}
