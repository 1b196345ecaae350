using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Yunnao.Services.Imaging.Index;

/// <summary>
/// The index in a SQLite file. A commit of it is not flushed to the disk: the packs are, and what the index lacks after a power cut is read
/// from them. The log is carried over every 16 MB, not every 4: that is what makes one sender of many wait.
/// </summary>
internal sealed class SqliteDialect(string file) : IndexDialect
{
    public override string Key => "INTEGER PRIMARY KEY";

    public override string Text => "TEXT";

    public override string Bytes => "BLOB";

    public override string Clustered => " WITHOUT ROWID";

    public override DbConnection Connect(bool forWriting)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, Mode = SqliteOpenMode.ReadWriteCreate }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA busy_timeout = 10000; PRAGMA cache_size = {(forWriting ? -131072 : -16384)}; PRAGMA mmap_size = 1073741824;";
        command.ExecuteNonQuery();
        return connection;
    }
}
