namespace Yunnao.Standards.Expressions;

/// <summary>A word, number, string or sign of a rule expression, as written.</summary>
/// <param name="Text">For words in lower case.</param>
/// <param name="At">Character from 1.</param>
internal readonly record struct Lexeme(LexemeKind Kind, string Text, int At)
{
    public bool Is(string text) => Kind is LexemeKind.Word or LexemeKind.Sign && Text == text;
}
