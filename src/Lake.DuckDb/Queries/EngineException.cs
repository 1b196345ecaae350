using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>An error of the engine in a statement of ours; its text may quote values. Leaves this room as a problem only, see <see cref="EngineErrors"/>.</summary>
internal sealed class EngineException(string message, DuckDBErrorType type) : Exception(message)
{
    public DuckDBErrorType ErrorType { get; } = type;
}
