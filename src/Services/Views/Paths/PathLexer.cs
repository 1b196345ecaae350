using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Yunnao.Services.Views.Paths;

/// <summary>Cuts a text into the words of FHIRPath (N1, lexical elements); comments and blanks go.</summary>
internal sealed partial class PathLexer(string text)
{
    private static readonly string[] s_long = ["<=", ">=", "!=", "!~"];
    private int _at;

    /// <summary>All words, an <see cref="PathTokenKind.End"/> last.</summary>
    /// <exception cref="PathSyntaxException">Something that is no word.</exception>
    public List<PathToken> All()
    {
        var tokens = new List<PathToken>();
        do tokens.Add(Next());
        while (tokens[^1].Kind != PathTokenKind.End);
        return tokens;
    }

    private PathToken Next()
    {
        SkipBlanks();
        var start = _at;
        if (_at == text.Length) return new(PathTokenKind.End, "", start);
        var c = text[_at];
        if (IsNameStart(c)) return new(PathTokenKind.Name, Name(), start);
        if (char.IsAsciiDigit(c)) return new(PathTokenKind.Number, Matched(NumberText(), start), start);
        switch (c)
        {
            case '\'': return new(PathTokenKind.Text, Quoted('\''), start);
            case '`': return new(PathTokenKind.QuotedName, Quoted('`'), start);
            case '@': return Temporal(start);
            case '%':
                _at++;
                return new(PathTokenKind.Constant, _at < text.Length && text[_at] is '`' or '\'' ? Quoted(text[_at]) : Name(), start);
            case '$':
                _at++;
                return new(PathTokenKind.Variable, Name(), start);
            default:
                var symbol = s_long.FirstOrDefault(s => string.CompareOrdinal(text, _at, s, 0, s.Length) == 0) ?? c.ToString();
                if (symbol.Length == 1 && !"+-*/&|=<>~.,()[]{}".Contains(c, StringComparison.Ordinal)) throw new PathSyntaxException(start, $"'{c}' has no meaning here");
                _at += symbol.Length;
                return new(PathTokenKind.Symbol, symbol, start);
        }
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (char.IsWhiteSpace(text[_at])) _at++;
            else if (text.AsSpan(_at).StartsWith("//")) _at = text.IndexOf('\n', _at) is var end and >= 0 ? end : text.Length;
            else if (text.AsSpan(_at).StartsWith("/*"))
            {
                var end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                if (end < 0) throw new PathSyntaxException(_at, "a comment is not closed");
                _at = end + 2;
            }
            else
            {
                return;
            }
        }
    }

    private string Name()
    {
        var start = _at;
        while (_at < text.Length && (IsNameStart(text[_at]) || char.IsAsciiDigit(text[_at]))) _at++;
        return _at > start ? text[start.._at] : throw new PathSyntaxException(start, "a name is missing");
    }

    private PathToken Temporal(int start)
    {
        _at++;
        var value = Matched(TemporalText(), start);
        if (value[0] == 'T') return new(PathTokenKind.Time, value[1..], start);
        return value.Contains('T', StringComparison.Ordinal) ? new(PathTokenKind.DateTime, value.TrimEnd('T'), start) : new(PathTokenKind.Date, value, start);
    }

    private string Matched(Regex pattern, int start)
    {
        var match = pattern.Match(text, _at);
        if (!match.Success) throw new PathSyntaxException(start, "a date or time is not written as @2020-01-31, @2020-01-31T12:30:00Z or @T12:30");
        _at += match.Length;
        return match.Value;
    }

    private string Quoted(char quote)
    {
        var (start, value) = (_at++, new StringBuilder());
        while (_at < text.Length && text[_at] != quote) value.Append(text[_at] == '\\' ? Escaped() : text[_at++]);
        if (_at == text.Length) throw new PathSyntaxException(start, "a quote is not closed");
        _at++;
        return value.ToString();
    }

    private char Escaped()
    {
        if (_at + 1 >= text.Length) throw new PathSyntaxException(_at, "an escape is not finished");
        var c = text[_at + 1];
        _at += 2;
        switch (c)
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'f': return '\f';
            case 'u' when _at + 4 <= text.Length && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            case '\'' or '"' or '`' or '\\' or '/': return c;
            default: throw new PathSyntaxException(_at - 2, $"\\{c} is no escape");
        }
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    [GeneratedRegex(@"\G\d+(\.\d+)?")]
    private static partial Regex NumberText();

    [GeneratedRegex(@"\G(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?|\d{4}(-\d\d(-\d\d)?)?(T(\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?)?)?)")]
    private static partial Regex TemporalText();
}
