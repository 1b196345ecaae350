namespace Yunnao.Standards.Expressions;

/// <summary>A piece of a rule expression.</summary>
/// <param name="Text">The piece as SQL; for <see cref="TokenKind.Item"/> and <see cref="TokenKind.InSet"/> the name of the item.</param>
/// <param name="ValueSet">The value set of an <see cref="TokenKind.InSet"/>.</param>
public readonly record struct Token(TokenKind Kind, string Text, string? ValueSet = null);
