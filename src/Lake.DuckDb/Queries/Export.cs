using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>Writes the rows of a statement into a file. The file is whole or not there.</summary>
internal sealed class Export(DuckDBConnection connection)
{
    public Result<long> Run(
        Func<DuckDBConnection, (string Sql, IReadOnlyList<object?> Parameters)> write, string file, ExportFormat format, CancellationToken cancellation)
    {
        var unfinished = file + ".part";
        try
        {
            connection.Execute("BEGIN TRANSACTION READ ONLY");
            var (sql, parameters) = write(connection);
            var rows = connection.Run($"COPY ({sql}) TO {SqlNames.Literal(unfinished)} ({Options(format)})", [.. parameters], cancellation);
            File.Move(unfinished, file, overwrite: true);
            return rows;
        }
        catch (DuckDBException e)
        {
            return EngineErrors.Problem(e);
        }
        catch (IOException)
        {
            return new Problem(ProblemKind.Unavailable, "export.file", $"{file} cannot be written.");
        }
        finally
        {
            connection.Execute("ROLLBACK");
            if (File.Exists(unfinished)) File.Delete(unfinished);
        }
    }

    private static string Options(ExportFormat format) => format switch
    {
        ExportFormat.Csv => "FORMAT csv, HEADER",
        ExportFormat.Parquet => "FORMAT parquet, COMPRESSION zstd",
        ExportFormat.Ndjson => "FORMAT json",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
