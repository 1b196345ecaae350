namespace Yunnao.Standards.Expressions;

/// <summary>Leaves the recursive parser at the first mistake; never leaves <see cref="RuleExpression.Parse"/>.</summary>
internal sealed class SyntaxException(string message, int at) : Exception(message)
{
    /// <summary>Character from 1.</summary>
    public int At { get; } = at;
}
