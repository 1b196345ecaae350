using System.Globalization;
using System.Text.RegularExpressions;
using Yunnao.Kernel;

namespace Yunnao.Standards.Expressions;

/// <summary>Recursive descent over the rule language; gives the checked tokens in the order they were written, and how and, or and not join them.</summary>
internal sealed class Parser
{
    // Deeper nesting than any person writes; guards the stack.
    private const int Deepest = 64;

    private static readonly string[] Comparisons = ["=", "<>", "!=", "<", "<=", ">", ">="];
    private static readonly string[] Keywords =
        ["and", "or", "not", "is", "null", "in", "between", "like", "case", "when", "then", "else", "end", "interval"];

    private static readonly string[] IntervalUnits = ["year", "month", "day", "hour", "minute", "second"];

    private readonly List<Lexeme> _lexemes;
    private readonly List<Token> _tokens = [];
    private int _next;
    private int _depth;
    private bool _canFail;

    // What was last read between brackets, and where it is.
    private (int From, int End, Condition Of)? _bracketed;

    private Parser(List<Lexeme> lexemes) => _lexemes = lexemes;

    private Lexeme Peek => _lexemes[_next];

    /// <summary>The tokens, what they say, and whether the expression has arithmetic or functions, which can fail on some value (an overflow).</summary>
    public static (List<Token> Tokens, Condition Condition, bool CanFail) Read(List<Lexeme> lexemes)
    {
        var parser = new Parser(lexemes);
        var condition = parser.Or();
        if (parser.Peek.Kind != LexemeKind.End) throw parser.Unexpected();
        return (parser._tokens, condition, parser._canFail);
    }

    private Condition Or()
    {
        if (++_depth > Deepest) throw new SyntaxException("nested too deeply", Peek.At);
        var parts = new List<Condition>();
        do parts.Add(And()); while (Take("or"));
        _depth--;
        return parts is [var one] ? one : new Condition.Any(parts);
    }

    private Condition And()
    {
        var parts = new List<Condition>();
        do parts.Add(Not()); while (Take("and"));
        return parts is [var one] ? one : new Condition.All(parts);
    }

    private Condition Not()
    {
        var negated = false;
        while (Take("not")) negated = !negated;

        var condition = Comparison();
        return negated ? new Condition.Not(condition) : condition;
    }

    private Condition Comparison()
    {
        var from = _tokens.Count;
        Sum();
        var sign = _tokens.Count;
        if (Comparisons.Any(Take))
        {
            Sum();
            return new Condition.Plain(from, _tokens.Count, sign);
        }

        Test();
        return _bracketed is { } inner && (inner.From, inner.End) == (from, _tokens.Count) ? inner.Of : new Condition.Plain(from, _tokens.Count, null);
    }

    /// <summary>What may follow a value where no comparison does: is null, between, in, like, or nothing.</summary>
    private void Test()
    {
        if (Take("is"))
        {
            Take("not");
            Expect("null");
            return;
        }

        var negated = Take("not");
        if (Take("between"))
        {
            Sum();
            Expect("and");
            Sum();
        }
        else if (Take("in"))
        {
            Expect("(");
            List();
        }
        else if (Take("like"))
        {
            if (Peek.Kind != LexemeKind.String) throw Unexpected("a string");
            Take();
        }
        else if (negated)
        {
            throw Unexpected("between, in or like");
        }
    }

    private void Sum()
    {
        do Product(); while (Arithmetic("+") || Arithmetic("-") || Take("||"));
    }

    private void Product()
    {
        do Unary(); while (Arithmetic("*") || Arithmetic("/") || Arithmetic("%"));
    }

    private void Unary()
    {
        Take("-");
        Primary();
    }

    private void Primary()
    {
        if (Peek.Kind is LexemeKind.Number or LexemeKind.String) Take();
        else if (Peek.Is("(")) Bracketed();
        else if (Take("case")) Case();
        else if (Take("interval")) Interval();
        else if (Take("null") || Take("true") || Take("false") || Take("current_date") || Take("current_timestamp")) { }
        else if (Peek.Kind == LexemeKind.Word && !Keywords.Contains(Peek.Text)) Word();
        else throw Unexpected();
    }

    private void Bracketed()
    {
        var from = _tokens.Count;
        Expect("(");
        var inner = Or();
        Expect(")");
        _bracketed = (from, _tokens.Count, inner);
    }

    private void Word()
    {
        var word = Peek;
        var after = _lexemes[_next + 1];
        if (word.Text is "date" or "timestamp" or "time" && after.Kind == LexemeKind.String)
        {
            CheckLiteral(word.Text, after);
            Take();
            Take();
        }
        else if (word.Text == "in_set") ItemAndList(TokenKind.InSet, "the id of a value set in quotes");
        else if (word.Text == "mentions") ItemAndList(TokenKind.Mentions, "the id of a word list in quotes");
        else if (after.Is("(")) Call(word);
        else
        {
            _next++;
            _tokens.Add(new(TokenKind.Item, word.Text));
        }
    }

    private static void CheckLiteral(string type, Lexeme literal)
    {
        var text = literal.Text[1..^1];
        var culture = CultureInfo.InvariantCulture;
        var valid = type switch
        {
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", culture, DateTimeStyles.None, out _),
            "time" => TimeOnly.TryParseExact(text, "HH:mm:ss", culture, DateTimeStyles.None, out _),
            _ => DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", culture, DateTimeStyles.None, out _),
        };
        if (!valid) throw new SyntaxException($"'{text}' is no {type}; write 2024-12-31, 23:59:59 or 2024-12-31 23:59:59", literal.At);
    }

    private void ItemAndList(TokenKind kind, Sentence wanted)
    {
        _next++;
        Skip("(");
        if (Peek.Kind != LexemeKind.Word) throw Unexpected("the name of an item");
        var item = Peek.Text;
        _next++;
        Skip(",");
        if (Peek.Kind != LexemeKind.String) throw Unexpected(wanted);
        var list = Peek.Text[1..^1];
        _next++;
        Skip(")");
        _tokens.Add(new(kind, item, list));
    }

    private void Call(Lexeme name)
    {
        if (!Functions.TryFind(name.Text, out var least, out var most))
        {
            throw new SyntaxException($"'{name.Text}' is not among the functions of rules ({string.Join(", ", Functions.Names)})", name.At);
        }

        _canFail = true;
        Take();
        Take();
        if (name.Text == "regexp_matches")
        {
            Pattern();
            return;
        }

        var count = List();
        if (count >= least && count <= most) return;
        throw new SyntaxException(most > least ? (Sentence)$"'{name.Text}' takes {least} to {most} arguments, not {count}" : $"'{name.Text}' takes {least} arguments, not {count}", name.At);
    }

    /// <summary>
    /// The arguments of regexp_matches: a text and a fixed pattern, tried here because the engine would refuse a bad one only when data comes.
    /// The engine's patterns (RE2) and those of the non-backtracking matcher leave out the same things.
    /// </summary>
    private void Pattern()
    {
        Or();
        Expect(",");
        if (Peek.Kind != LexemeKind.String) throw Unexpected("a pattern in quotes");
        try
        {
            _ = new Regex(Peek.Text[1..^1].Replace("''", "'", StringComparison.Ordinal), RegexOptions.NonBacktracking);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw new SyntaxException($"{Peek.Text} is no pattern that can be used", Peek.At);
        }

        Take();
        Expect(")");
    }

    /// <summary>Expressions up to the closing bracket; how many.</summary>
    private int List()
    {
        var count = 0;
        do
        {
            Or();
            count++;
        }
        while (Take(","));
        Expect(")");
        return count;
    }

    private void Case()
    {
        if (!Peek.Is("when")) Or();
        Expect("when");
        do
        {
            Or();
            Expect("then");
            Or();
        }
        while (Take("when"));
        if (Take("else")) Or();
        Expect("end");
    }

    private void Interval()
    {
        if (Peek.Kind != LexemeKind.Number) throw Unexpected("a number");
        Take();
        if (!IntervalUnits.Any(Take)) throw Unexpected($"{string.Join(", ", IntervalUnits)}");
    }

    private bool Arithmetic(string sign)
    {
        if (!Take(sign)) return false;
        _canFail = true;
        return true;
    }

    private bool Take(string text)
    {
        if (!Peek.Is(text)) return false;
        Take();
        return true;
    }

    private void Take()
    {
        _tokens.Add(new(TokenKind.Sql, Peek.Text));
        _next++;
    }

    private void Expect(string text)
    {
        if (!Take(text)) throw Unexpected($"'{text}'");
    }

    private void Skip(string text)
    {
        if (!Peek.Is(text)) throw Unexpected($"'{text}'");
        _next++;
    }

    private SyntaxException Unexpected(Sentence? wanted = null)
    {
        var found = Peek.Kind == LexemeKind.End ? (Sentence)"the expression ends" : $"'{Peek.Text}' is unexpected";
        return new(wanted is null ? found : $"{found} where {wanted} should be", Peek.At);
    }
}
