namespace Yunnao.Kernel;

/// <summary>What the kind of a problem is called by those who only know numbers. The one table.</summary>
public static class ProblemKinds
{
    /// <summary>What the process returns. 0 and 1 mean what they mean for every tool; the others tell a script why without reading the message.</summary>
    public static int ExitCode(this ProblemKind kind) => Numbers(kind).ExitCode;

    /// <summary>HTTP status (RFC 9110; 499 is what servers write when the caller has gone).</summary>
    public static int HttpStatus(this ProblemKind kind) => Numbers(kind).HttpStatus;

    private static (int ExitCode, int HttpStatus) Numbers(ProblemKind kind) => kind switch
    {
        ProblemKind.Incorrect => (1, 400),
        ProblemKind.Forbidden => (3, 403),
        ProblemKind.NotFound => (4, 404),
        ProblemKind.Unsupported => (5, 422),
        ProblemKind.Conflict => (6, 409),
        ProblemKind.Busy => (7, 503),
        ProblemKind.Unavailable => (8, 502),
        ProblemKind.Interrupted => (130, 499),
        _ => (70, 500),
    };
}
