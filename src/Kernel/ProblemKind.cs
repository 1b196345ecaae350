namespace Yunnao.Kernel;

/// <summary>The nine kinds of expected failure. One table maps each to HTTP, OperationOutcome, HL7 ACK and exit code.</summary>
public enum ProblemKind
{
    /// <summary>The input or the request is wrong; sending it again unchanged fails again.</summary>
    Incorrect,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>Well formed, but nothing here handles it.</summary>
    Unsupported,

    /// <summary>What was asked for does not exist.</summary>
    NotFound,

    /// <summary>The state of the platform does not allow it (for example: already taken back).</summary>
    Conflict,

    /// <summary>Another process or job holds what is needed; try again later.</summary>
    Busy,

    /// <summary>A part the platform depends on does not answer.</summary>
    Unavailable,

    /// <summary>The caller cancelled.</summary>
    Interrupted,

    /// <summary>A defect of ours.</summary>
    Fault,
}
