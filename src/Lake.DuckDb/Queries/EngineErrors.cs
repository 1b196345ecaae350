using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Yunnao.Kernel;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>Turns the engine's errors into problems. Only errors about the statement keep their text: those about values may quote them.</summary>
internal static class EngineErrors
{
    public static Problem Problem(DuckDBException e) => e.ErrorType switch
    {
        DuckDBErrorType.Parser or DuckDBErrorType.Syntax or DuckDBErrorType.Binder or DuckDBErrorType.Catalog or DuckDBErrorType.NotImplemented =>
            new(ProblemKind.Incorrect, "sql.invalid", FirstLine(e.Message)),
        DuckDBErrorType.OutOfMemory => new(ProblemKind.Unavailable, "sql.memory", "The query needs more memory or spill space than the lake may use."),
        DuckDBErrorType.Interrupt => new(ProblemKind.Interrupted, "sql.interrupted", "The query was cancelled."),
        _ => new(ProblemKind.Incorrect, "sql.failed", $"The query failed while running ({e.ErrorType}). The engine's text is not shown because it may quote values."),
    };

    private static string FirstLine(string message) => message.Split('\n', 2)[0];
}
