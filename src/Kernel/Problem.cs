namespace Yunnao.Kernel;

/// <summary>
/// An expected failure, as a value. <paramref name="Code"/> is stable, lower-case, dotted and listed in docs/problems.md.
/// <paramref name="Message"/> says what is wrong and what to do; it never carries a patient value.
/// </summary>
public sealed record Problem(ProblemKind Kind, string Code, string Message, Place? Where = null)
{
    /// <inheritdoc/>
    public override string ToString() => Where is null ? $"{Code}: {Message}" : $"{Where}: {Code}: {Message}";
}
