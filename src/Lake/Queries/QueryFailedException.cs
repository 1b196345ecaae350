using Yunnao.Kernel;

namespace Yunnao.Lake.Queries;

/// <summary>A query failed after its first rows, where there is no result to put a problem in. The engine's own text, which may quote values, is not in it.</summary>
public sealed class QueryFailedException(Problem problem) : Exception(problem.ToString())
{
    public Problem Problem { get; } = problem;
}
