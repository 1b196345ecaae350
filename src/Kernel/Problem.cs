namespace Yunnao.Kernel;

/// <summary>
/// An expected failure, as a value. <paramref name="Code"/> is stable, lower-case, dotted and listed in docs/problems.md.
/// <paramref name="Message"/> says what is wrong and what to do; it never carries a patient value.
/// </summary>
public sealed record Problem(ProblemKind Kind, string Code, Sentence Message, Place? Where = null)
{
    /// <summary>The problem on one line, its message in the language of the texts.</summary>
    public string In(Text text) => Line(Message.In(text));

    /// <summary>The problem with its message in the language of the texts.</summary>
    public Problem Said(Text text) => this with { Message = $"{Message.In(text)}" };

    /// <inheritdoc/>
    public override string ToString() => Line(Message.ToString());

    private string Line(string message) => Where is null ? $"{Code}: {message}" : $"{Where}: {Code}: {message}";
}
