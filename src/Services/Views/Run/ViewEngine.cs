using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Views.Run;

/// <summary>Runs views over FHIR files. An engine of its own, in memory, that reads nothing but the files named; one view at a time.</summary>
public sealed partial class ViewEngine : IDisposable
{
    private const string NoResource = "A record is no FHIR resource in JSON. Nothing is answered, so that no resource is left out unseen.";

    private readonly DuckDBConnection _connection;
    private readonly DirectoryInfo _spill;

    private ViewEngine(DuckDBConnection connection, DirectoryInfo spill) => (_connection, _spill) = (connection, spill);

    /// <summary>Opens an engine. What does not fit in memory is spilled, encrypted, into the folder for temporary files.</summary>
    /// <param name="memoryMb">Most memory in MB; 0 leaves it to the engine.</param>
    /// <param name="threads">0 leaves it to the engine.</param>
    public static ViewEngine Open(int memoryMb = 0, int threads = 0)
    {
        var spill = Directory.CreateTempSubdirectory("yunnao-view-");
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        foreach (var setting in new[]
        {
            "autoinstall_known_extensions = false", "autoload_known_extensions = false", "allow_community_extensions = false", "TimeZone = 'UTC'", "temp_file_encryption = true",
            $"temp_directory = {SqlNames.Literal(spill.FullName)}",
            memoryMb > 0 ? string.Create(CultureInfo.InvariantCulture, $"memory_limit = '{memoryMb}MB'") : "",
            threads > 0 ? string.Create(CultureInfo.InvariantCulture, $"threads = {threads}") : "",
        })
        {
            if (setting.Length > 0) connection.Execute($"SET {setting}");
        }

        return new(connection, spill);
    }

    /// <summary>
    /// The rows of a view, as they are computed. Problems: <c>view.many</c> (a column has more than one value), <c>view.record</c> (a record is
    /// not FHIR JSON), <c>view.too-large</c>, <c>view.memory</c>, <c>view.interrupted</c>.
    /// </summary>
    public Result<RowStream> Run(View view, ViewSources sources, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(sources);
        return ViewAnswer.Start(_connection, view.Statement.Over(sources.Of(view)), e => Problem(e, sources), cancellation);
    }

    /// <summary>Writes the rows of a view into a file, which is whole or not there; returns their number. Problems: those of <see cref="Run"/>, <c>export.file</c>.</summary>
    public Result<long> Export(View view, ViewSources sources, string file, ExportFormat format, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(sources);
        var unfinished = file + ".part";
        var options = format switch
        {
            ExportFormat.Csv => "FORMAT csv, HEADER",
            ExportFormat.Parquet => "FORMAT parquet, COMPRESSION zstd",
            _ => "FORMAT json",
        };
        try
        {
            var rows = _connection.Run($"COPY ({view.Statement.Over(sources.Of(view))}) TO {SqlNames.Literal(unfinished)} ({options})", [], cancellation);
            File.Move(unfinished, file, overwrite: true);
            return rows;
        }
        catch (DuckDBException e) when (e.Message.StartsWith("IO Error", StringComparison.Ordinal))
        {
            return new Problem(ProblemKind.Unavailable, "export.file", $"{file} cannot be written.");
        }
        catch (DuckDBException e)
        {
            return Problem(e, sources);
        }
        finally
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        _spill.Delete(recursive: true);
    }

    /// <summary>What went wrong, without the engine's words where they may quote a value.</summary>
    private static Problem Problem(DuckDBException e, ViewSources sources)
    {
        if (Marked().Match(e.Message) is { Success: true } many)
        {
            return new(ProblemKind.Incorrect, "view.many", "A path yields more than one value where one is wanted. Take .first(), iterate with forEach, or make the column a collection.",
                new(Path: many.Groups["path"].Value));
        }

        if (e.Message.Contains("view.record", StringComparison.Ordinal)) return new(ProblemKind.Incorrect, "view.record", NoResource, sources.FirstBadLine());
        if (Malformed().Match(e.Message) is { Success: true } malformed) return new(ProblemKind.Incorrect, "view.record", NoResource, new(malformed.Groups["file"].Value));
        if (e.Message.Contains("maximum_object_size", StringComparison.Ordinal)) return new(ProblemKind.Unsupported, "view.too-large", "A line of more than 32 MB or a document of more than 1 GB is not read.");
        return e.ErrorType switch
        {
            DuckDB.NET.Native.DuckDBErrorType.OutOfMemory => new(ProblemKind.Unavailable, "view.memory", "The view needs more memory or spill space than it may use."),
            DuckDB.NET.Native.DuckDBErrorType.Interrupt => new(ProblemKind.Interrupted, "view.interrupted", "The view was cancelled."),
            var type => new(ProblemKind.Fault, "view.failed", $"The view failed while running ({type}). The engine's text is not shown because it may quote values."),
        };
    }

    [GeneratedRegex(@"view\.many\|(?<path>[A-Za-z0-9_.\[\]]*)\|")]
    private static partial Regex Marked();

    [GeneratedRegex(@"Malformed JSON in file ""(?<file>[^""]+)""")]
    private static partial Regex Malformed();
}
