using Yunnao.Kernel;

namespace Yunnao.Services.Exports.Targets;

/// <summary>Another platform refuses what it is asked for; the problem says nothing of rows.</summary>
internal sealed class ReceivingException(Problem problem) : Exception(problem.Code)
{
    public Problem Problem { get; } = problem;
}
