using Yunnao.Kernel;

namespace Yunnao.Standards.Expressions;

/// <summary>Leaves the recursive parser at the first mistake; never leaves <see cref="RuleExpression.Parse"/>.</summary>
internal sealed class SyntaxException(Sentence said, int at) : Exception(said.ToString())
{
    public Sentence Said { get; } = said;

    /// <summary>Character from 1.</summary>
    public int At { get; } = at;
}
