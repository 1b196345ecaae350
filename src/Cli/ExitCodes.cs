using Yunnao.Kernel;

namespace Yunnao.Cli;

/// <summary>What the process returns. 0 and 1 mean what they mean for every tool; the others tell a script why without reading the message.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The command line itself cannot be understood.</summary>
    public const int Usage = 2;

    /// <summary>The one table from the kind of a problem to the exit code.</summary>
    public static int Of(ProblemKind kind) => kind switch
    {
        ProblemKind.Incorrect => 1,
        ProblemKind.Forbidden => 3,
        ProblemKind.NotFound => 4,
        ProblemKind.Unsupported => 5,
        ProblemKind.Conflict => 6,
        ProblemKind.Busy => 7,
        ProblemKind.Unavailable => 8,
        ProblemKind.Interrupted => 130,
        _ => 70,
    };
}
