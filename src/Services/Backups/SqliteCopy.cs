using Microsoft.Data.Sqlite;

namespace Yunnao.Services.Backups;

/// <summary>A database of SQLite as of one moment, while others write it (the engine's own online backup).</summary>
internal static class SqliteCopy
{
    public static void Make(string database, string copy)
    {
        // The owner's only, from the beginning.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(copy, options).Dispose();
        using var source = Open(database);
        using var target = Open(copy);
        source.BackupDatabase(target);
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 60 }.ToString());
        connection.Open();
        return connection;
    }
}
