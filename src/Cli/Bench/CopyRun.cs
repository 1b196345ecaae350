using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb;
using Yunnao.Standards.Compile;
using Yunnao.Synthetic.Bulk;

namespace Yunnao.Cli.Bench;

/// <summary>
/// The rival of the CSV load: a bare COPY of DuckDB into one typed table of a new database file, with the memory limit, the threads and
/// the column types that the lake has. No checks, no identity, no history, no landed copy.
/// </summary>
internal sealed record CopyRun(double Seconds, double CpuSeconds, long PeakMb, long Rows, long FileBytes)
{
    public const string Name = "bare typed DuckDB COPY of the same file into a new database, then CHECKPOINT";

    public static CopyRun Run(string folder, string file, TableShape shape, int memoryMb)
    {
        PeakMemory.Forget();
        var database = Path.Combine(folder, "rival.duckdb");
        using (var connection = Open(database, folder, memoryMb))
        {
            Execute(connection, $"CREATE TABLE lab ({string.Join(", ", LabFile.Columns.Select(c => $"{c} {TypeOf(shape, c)}"))})");
            var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            Execute(connection, $"COPY lab FROM '{file.Replace("'", "''", StringComparison.Ordinal)}' (FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', AUTO_DETECT false, IGNORE_ERRORS true)");
            Execute(connection, "CHECKPOINT");
            var (seconds, cpuSeconds) = (clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            using var count = connection.CreateCommand();
            count.CommandText = "SELECT count(*) FROM lab";
            var rows = Convert.ToInt64(count.ExecuteScalar(), CultureInfo.InvariantCulture);
            return new(seconds, cpuSeconds, PeakMemory.Mb, rows, new FileInfo(database).Length);
        }
    }

    private static DuckDBConnection Open(string database, string folder, int memoryMb)
    {
        var options = memoryMb > 0 ? new DuckDbLakeOptions { Folder = folder, MemoryLimitMb = memoryMb } : new() { Folder = folder };
        var limit = Math.Min(options.MemoryLimitMb, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 6 / 10 / (1 << 20));
        var settings = new DuckDBConnectionStringBuilder { DataSource = database, MemoryLimit = $"{limit}MB", TempDirectory = Path.Combine(folder, "tmp") };
        var connection = new DuckDBConnection(settings.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>The type of the item in the lake; what the lake does not keep is text.</summary>
    private static string TypeOf(TableShape shape, string item) =>
        shape.Columns.FirstOrDefault(c => c.Item?.Name == item && c.Name == item)?.SqlType ?? "VARCHAR";

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
