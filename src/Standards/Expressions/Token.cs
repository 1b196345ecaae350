namespace Yunnao.Standards.Expressions;

/// <summary>A piece of a rule expression.</summary>
/// <param name="Text">The piece as SQL; for <see cref="TokenKind.Item"/>, <see cref="TokenKind.InSet"/> and <see cref="TokenKind.Mentions"/> the name of the item.</param>
/// <param name="List">The value set of an <see cref="TokenKind.InSet"/>, the word list of a <see cref="TokenKind.Mentions"/>.</param>
public readonly record struct Token(TokenKind Kind, string Text, string? List = null);
