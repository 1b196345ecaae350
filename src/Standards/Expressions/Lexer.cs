namespace Yunnao.Standards.Expressions;

/// <summary>Cuts a rule expression into words, numbers, strings and signs. No comments, no semicolons, no quoted names.</summary>
internal static class Lexer
{
    private static readonly string[] Signs = ["<>", "!=", "<=", ">=", "||", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", ","];

    /// <summary>The pieces, the last one of kind End; throws <see cref="SyntaxException"/> at what is no piece of the language.</summary>
    public static List<Lexeme> Read(string text)
    {
        var lexemes = new List<Lexeme>();
        var i = 0;
        while (i < text.Length)
        {
            if (text[i] is ' ' or '\t' or '\n' or '\r')
            {
                i++;
                continue;
            }

            var lexeme = Next(text, i, out var end);
            lexemes.Add(lexeme);
            i = end;
        }

        lexemes.Add(new(LexemeKind.End, "", text.Length + 1));
        return lexemes;
    }

    private static Lexeme Next(string text, int i, out int end)
    {
        if (char.IsAsciiLetter(text[i]) || text[i] == '_')
        {
            end = After(text, i, IsOfName);
            if (text.AsSpan(i, end - i).Equals("other", StringComparison.OrdinalIgnoreCase) && end + 1 < text.Length && text[end] == '.' && IsOfName(text[end + 1])) end = After(text, end + 1, IsOfName);
            return new(LexemeKind.Word, text[i..end].ToLowerInvariant(), i + 1);
        }

        if (char.IsAsciiDigit(text[i]))
        {
            end = After(text, i, char.IsAsciiDigit);
            if (end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1])) end = After(text, end + 1, char.IsAsciiDigit);
            return new(LexemeKind.Number, text[i..end], i + 1);
        }

        if (text[i] == '\'') return String(text, i, out end);
        foreach (var sign in Signs)
        {
            // Two minus signs would open a comment in SQL.
            if (string.CompareOrdinal(text, i, sign, 0, sign.Length) != 0 || (sign == "-" && i + 1 < text.Length && text[i + 1] == '-')) continue;
            end = i + sign.Length;
            return new(LexemeKind.Sign, sign, i + 1);
        }

        throw new SyntaxException($"'{text[i]}' has no meaning here", i + 1);
    }

    private static Lexeme String(string text, int start, out int end)
    {
        for (end = start + 1; end < text.Length; end++)
        {
            if (char.IsControl(text[end])) throw new SyntaxException("a string holds a control character", end + 1);
            if (text[end] != '\'') continue;
            if (end + 1 < text.Length && text[end + 1] == '\'')
            {
                end++;
                continue;
            }

            end++;
            return new(LexemeKind.String, text[start..end], start + 1);
        }

        throw new SyntaxException("a string is not closed", start + 1);
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static int After(string text, int i, Func<char, bool> belongs)
    {
        while (i < text.Length && belongs(text[i])) i++;
        return i;
    }
}
