using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb;

/// <summary>Opens connections to the engine's file with the settings of <see cref="DuckDbLakeOptions"/>.</summary>
internal sealed partial class DuckDbFile(DuckDbLakeOptions options)
{
    /// <summary>
    /// The log is written into the file when it is as long as this. Of a few wide rows a checkpoint writes the statistics and pages of every column of every
    /// table again, so many small commits share one; after a crash so much is read again.
    /// </summary>
    public const string LongestLog = "64MB";

    /// <summary>Rows of a page of a hundred, and one to see whether there are more.</summary>
    private const int ShortPage = 128;

    /// <summary>The rows of a page are found again by the scan itself, and not by a join with all that it reads.</summary>
    private static readonly string s_rowsInScan = string.Create(CultureInfo.InvariantCulture, $"dynamic_or_filter_threshold = {SqlWriter.LongestPage}");

    public string Path { get; } = System.IO.Path.Combine(options.Folder, "lake.duckdb");

    /// <summary>The folder of the shelves.</summary>
    public string ShelfFolder { get; } = System.IO.Path.Combine(options.Folder, "shelves");

    private string TempFolder => System.IO.Path.Combine(options.Folder, "tmp");

    /// <summary>A new connection; all connections of one process share one instance of the engine.</summary>
    public Result<DuckDBConnection> Connect()
    {
        if (!options.ReadOnly) Directory.CreateDirectory(options.Folder);
        else if (!File.Exists(Path)) return new Problem(ProblemKind.NotFound, "lake.none", $"There is no lake in {options.Folder} yet.");
        var connection = new DuckDBConnection(ConnectionString());
        try
        {
            connection.Open();
            return connection;
        }
        catch (DuckDBException e)
        {
            connection.Dispose();
            return Refused(e);
        }
    }

    /// <summary>A new connection for answers.</summary>
    public Result<DuckDBConnection> ConnectForReading()
    {
        if (!Connect().Try(out var connection, out var problem)) return problem;

        // The settings of an instance that only reads are locked, and hold for all of its connections.
        if (!options.ReadOnly) connection.Execute($"SET SESSION {s_rowsInScan}");
        return connection;
    }

    /// <summary>
    /// Settings of the instance, on its first connection: among them, of a read-only one, that the file system is shut off but for the lake itself and the export folder.
    /// </summary>
    public void Set(DuckDBConnection connection)
    {
        // Of a short page in order the engine first looks for its rows, and reads their other columns in a second scan. One person's page is written without a limit, so that it is read at once.
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"SET GLOBAL late_materialization_max_rows = {ShortPage}"));
        if (!options.ReadOnly)
        {
            connection.Execute($"SET GLOBAL checkpoint_threshold = '{LongestLog}'");
            return;
        }

        connection.Execute($"SET GLOBAL {s_rowsInScan}");
        if (options.ExportFolder is { } folder)
        {
            connection.Execute($"SET allowed_directories = [{SqlNames.Literal(System.IO.Path.GetFullPath(folder))}]");
        }

        connection.Execute("SET enable_external_access = false");
        connection.Execute("SET lock_configuration = true");
    }

    private string ConnectionString()
    {
        var builder = new DuckDBConnectionStringBuilder
        {
            DataSource = Path,
            MemoryLimit = $"{options.EngineBytes >> 20}MiB",
            TempDirectory = TempFolder,
            PreserveInsertionOrder = true,
            AutoinstallKnownExtensions = false,
            AutoloadKnownExtensions = false,
            AllowCommunityExtensions = false,
            AllowPersistentSecrets = false,
        };
        if (options.Threads > 0) builder.Threads = options.Threads;
        if (options.SpillLimitGb > 0) builder.MaxTempDirectorySize = $"{options.SpillLimitGb}GB";
        if (options.ReadOnly) builder.AccessMode = DuckDBAccessMode.ReadOnly;
        return builder.ConnectionString;
    }

    private Problem Refused(DuckDBException e)
    {
        if (LockHolder().Match(e.Message) is { Success: true } match)
        {
            var holder = match.Groups["pid"] is { Success: true } pid
                ? string.Create(CultureInfo.InvariantCulture, $"process {pid.Value}")
                : "another process";
            return new(ProblemKind.Busy, "lake.busy", $"{Path} is in use by {holder}. Wait for it to end, or ask it to do the work.");
        }

        return new(ProblemKind.Unavailable, "lake.open", $"{Path} cannot be opened: {e.Message}");
    }

    [GeneratedRegex(@"Could not set lock on file(?:.*\(PID (?<pid>\d+)\))?", RegexOptions.Singleline)]
    private static partial Regex LockHolder();
}
