using System.Data.Common;

namespace Yunnao.Kernel;

/// <summary>Tells a disk without room from a defect, whichever part met it: the runtime, DuckDB or SQLite.</summary>
public static class FullDisk
{
    // ENOSPC and EDQUOT of Linux, which the runtime gives as they are.
    private const int NoSpace = 28, Quota = 122;

    private static readonly string[] s_words = ["No space left on device", "database or disk is full"];

    /// <summary>Code <c>disk.full</c>.</summary>
    public static Problem Problem { get; } = new(ProblemKind.Unavailable, "disk.full", "The disk is full. What was acknowledged before is kept, and nothing of this work. Make room and run it again.");

    /// <summary>True when the exception, or one that led to it, says that there is no room.</summary>
    public static bool Caused(Exception? exception) => exception switch
    {
        null => false,
        AggregateException many => many.InnerExceptions.Any(Caused),
        IOException { HResult: NoSpace or Quota } => true,
        DbException engine when s_words.Any(w => engine.Message.Contains(w, StringComparison.Ordinal)) => true,
        _ => Caused(exception.InnerException),
    };
}
