using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Yunnao.Kernel;

namespace Yunnao.Trust.Control;

/// <summary>
/// The control database: audit, consents, rights, and what the server keeps there itself. SQLite by default (one file, write-ahead log, every
/// commit on the disk), PostgreSQL by configuration; the layout is in docs/layouts/control.md.
/// </summary>
public sealed class ControlDb : IAsyncDisposable
{
    private readonly NpgsqlDataSource? _postgreSql;

    private ControlDb(string connectionString, NpgsqlDataSource? postgreSql)
    {
        (ConnectionString, _postgreSql) = (connectionString, postgreSql);
        Dialect = postgreSql is null ? ControlDialect.Sqlite : ControlDialect.PostgreSql;
    }

    /// <summary>For others who keep tables in the same database.</summary>
    public string ConnectionString { get; }

    public ControlDialect Dialect { get; }

    /// <summary>
    /// Opens the database and brings it to the newest layout. Problems: <c>control.unavailable</c>, <c>control.newer</c> (a newer program wrote
    /// it), <c>control.changed</c> (a migration that was applied is not the one that this program knows).
    /// </summary>
    public static async Task<Result<ControlDb>> OpenAsync(ControlOptions options, CancellationToken cancellation = default)
    {
        var control = options.PostgreSql is { } text ? new ControlDb(text, NpgsqlDataSource.Create(text)) : OfFile(options.Folder);
        try
        {
            if (await Migrations.ApplyAsync(control, cancellation).ConfigureAwait(false) is not { } problem) return control;
            await control.DisposeAsync().ConfigureAwait(false);
            return problem;
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            // The text of the error may hold the password of the connection string's server, so its type must do.
            await control.DisposeAsync().ConfigureAwait(false);
            return new Problem(ProblemKind.Unavailable, "control.unavailable", $"The control database cannot be opened ({e.GetType().Name}).");
        }
    }

    /// <summary>An open connection; disposing it gives it back to the pool.</summary>
    public async Task<DbConnection> ConnectAsync(CancellationToken cancellation = default)
    {
        if (_postgreSql is not null) return await _postgreSql.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            await connection.ExecuteAsync("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000", cancellation).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_postgreSql is not null) await _postgreSql.DisposeAsync().ConfigureAwait(false);
        else
        {
            using var any = new SqliteConnection(ConnectionString);
            SqliteConnection.ClearPool(any);
        }
    }

    private static ControlDb OfFile(string folder)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "control.db");
        if (!File.Exists(file) && !OperatingSystem.IsWindows()) CreateForOwner(file);
        var text = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ToString();
        using var connection = new SqliteConnection(text);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        command.ExecuteNonQuery();
        return new ControlDb(text, null);
    }

    private static void CreateForOwner(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
    }
}
