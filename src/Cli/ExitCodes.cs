using Yunnao.Kernel;

namespace Yunnao.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The command line itself cannot be understood.</summary>
    public const int Usage = 2;

    /// <summary>The exit code of a kind of problem.</summary>
    public static int Of(ProblemKind kind) => kind.ExitCode();
}
