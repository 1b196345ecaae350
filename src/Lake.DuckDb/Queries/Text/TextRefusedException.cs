using Yunnao.Kernel;

namespace Yunnao.Lake.DuckDb.Queries.Text;

/// <summary>Leaves the walk over a parsed statement; caught where the walk began.</summary>
internal sealed class TextRefusedException(Problem problem) : Exception
{
    public Problem Problem { get; } = problem;

    public static TextRefusedException Of(string code, Sentence message, ProblemKind kind = ProblemKind.Forbidden) => new(new(kind, code, message));
}
