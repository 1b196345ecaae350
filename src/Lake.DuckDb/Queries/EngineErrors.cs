using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Yunnao.Kernel;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>Turns the engine's errors into problems. Only errors about the statement keep their text: those about values may quote them.</summary>
internal static class EngineErrors
{
    // An error in preparing a statement has no type, only the word that its text begins with.
    private static readonly string[] s_aboutStatement = ["Parser Error: ", "Binder Error: ", "Catalog Error: ", "Not implemented Error: "];

    public static Problem Problem(DuckDBException e) => Problem(e.Message, e.ErrorType);

    public static Problem Problem(EngineException e) => Problem(e.Message, e.ErrorType);

    private static Problem Problem(string message, DuckDBErrorType type) => type switch
    {
        _ when s_aboutStatement.Any(p => message.StartsWith(p, StringComparison.Ordinal)) => new(ProblemKind.Incorrect, "sql.invalid", $"{FirstLine(message)}"),
        DuckDBErrorType.OutOfMemory => new(ProblemKind.Unavailable, "sql.memory", "The query needs more memory or spill space than the lake may use."),
        DuckDBErrorType.Interrupt => new(ProblemKind.Interrupted, "sql.interrupted", "The query was cancelled."),
        _ => new(ProblemKind.Incorrect, "sql.failed", $"The query failed while running ({type}). The engine's text is not shown because it may quote values."),
    };

    private static string FirstLine(string message) => message.Split('\n', 2)[0];
}
