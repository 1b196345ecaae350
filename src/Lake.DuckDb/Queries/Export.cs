using System.Globalization;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>Writes the rows of a statement into files, which are whole or not there.</summary>
internal sealed class Export(DuckDBConnection connection)
{
    public Result<long> Run(
        Func<DuckDBConnection, Result<(string Sql, IReadOnlyList<object?> Parameters)>> write, ExportTarget target, CancellationToken cancellation)
    {
        var unfinished = target.Path + ".part";
        try
        {
            connection.Execute("BEGIN TRANSACTION READ ONLY");
            if (!write(connection).Try(out var statement, out var problem)) return problem;
            var rows = connection.Run($"COPY ({statement.Sql}) TO {SqlNames.Literal(unfinished)} ({Options(target)})", [.. statement.Parameters], cancellation);
            if (target.SplitBytes > 0) Directory.Move(unfinished, target.Path);
            else File.Move(unfinished, target.Path, overwrite: true);
            return rows;
        }
        catch (DuckDBException e) when (e.Message.StartsWith("IO Error", StringComparison.Ordinal))
        {
            // Its disk is full, or the folder is gone.
            return Unwritten(target);
        }
        catch (DuckDBException e)
        {
            return EngineErrors.Problem(e);
        }
        catch (IOException)
        {
            return Unwritten(target);
        }
        finally
        {
            connection.Execute("ROLLBACK");
            if (File.Exists(unfinished)) File.Delete(unfinished);
            if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        }
    }

    private static Problem Unwritten(ExportTarget target) => new(ProblemKind.Unavailable, "export.file", $"{target.Path} cannot be written.");

    /// <summary>The first level of zstd: the third, the usual, takes twice the time of texts and saves nothing of keys and pseudonyms.</summary>
    private const string Parquet = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1";

    private static string Options(ExportTarget target)
    {
        var form = (target.Format, target.Compressed) switch
        {
            (ExportFormat.Csv, false) => "FORMAT csv, HEADER",
            (ExportFormat.Csv, true) => "FORMAT csv, HEADER, COMPRESSION gzip",
            (ExportFormat.Parquet, _) => Parquet,
            (ExportFormat.Ndjson, false) => "FORMAT json",
            (ExportFormat.Ndjson, true) => "FORMAT json, COMPRESSION gzip",
            _ => throw new ArgumentOutOfRangeException(nameof(target)),
        };
        return target.SplitBytes > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{form}, FILE_SIZE_BYTES {target.SplitBytes}, FILENAME_PATTERN 'part-{{i}}', FILE_EXTENSION '{target.Ending}'")
            : form;
    }
}
