using System.Globalization;
using System.Text.RegularExpressions;

namespace Yunnao.Synthetic.Rules;

/// <summary>
/// Reads a rule of checks.csv into a function of the row. This is a second reading of the rule language, made on purpose apart from
/// the checking SQL: what the generator calls clean is judged here, what ingestion accepts is judged there, and a test compares them.
/// </summary>
internal sealed partial class RuleReader
{
    private static readonly string[] Comparisons = ["<>", "!=", "<=", ">=", "=", "<", ">"];
    private readonly List<string> _words;
    private readonly Func<string, string, bool> _inSet;
    private int _next;

    private RuleReader(string expression, Func<string, string, bool> inSet)
    {
        _words = [.. Word().Matches(expression).Select(m => m.Value)];
        _inSet = inSet;
    }

    private string Peek => _next < _words.Count ? _words[_next] : "";

    /// <param name="inSet">Whether a value set (first) has a code (second).</param>
    /// <exception cref="RuleSyntaxException">The expression is not of the language.</exception>
    public static Node Read(string expression, Func<string, string, bool> inSet)
    {
        var reader = new RuleReader(expression, inSet);
        var node = reader.Or();
        return reader.Peek.Length == 0 ? node : throw reader.Unexpected();
    }

    private Node Or()
    {
        var left = And();
        while (Take("or"))
        {
            var (a, b) = (left, And());
            left = row => Operators.Or(a(row), b(row));
        }

        return left;
    }

    private Node And()
    {
        var left = Not();
        while (Take("and"))
        {
            var (a, b) = (left, Not());
            left = row => Operators.And(a(row), b(row));
        }

        return left;
    }

    private Node Not()
    {
        if (!Take("not")) return Comparison();
        var inner = Not();
        return row => Operators.Not(inner(row));
    }

    private Node Comparison()
    {
        var left = Sum();
        if (Array.Find(Comparisons, Take) is { } sign)
        {
            var right = Sum();
            return row => Operators.Compare(sign, left(row), right(row));
        }

        if (Take("is"))
        {
            var given = Take("not");
            Expect("null");
            return row => left(row) is null != given;
        }

        var negated = Take("not");
        Node test;
        if (Take("between")) test = Between(left);
        else if (Take("in")) test = In(left);
        else if (Take("like")) test = Like(left, Text(Next()));
        else return negated ? throw Unexpected() : left;
        return negated ? row => Operators.Not(test(row)) : test;
    }

    private Node Between(Node value)
    {
        var low = Sum();
        Expect("and");
        var high = Sum();
        return row => Operators.And(Operators.Compare(">=", value(row), low(row)), Operators.Compare("<=", value(row), high(row)));
    }

    private Node In(Node value)
    {
        Expect("(");
        var list = Arguments();
        return row => list.Aggregate((object?)false, (found, item) => Operators.Or(found, Operators.Compare("=", value(row), item(row))));
    }

    private static Node Like(Node value, string pattern)
    {
        var form = new Regex("^" + Regex.Escape(pattern).Replace("%", ".*", StringComparison.Ordinal).Replace('_', '.') + @"\z", RegexOptions.Singleline);
        return row => value(row) is { } text ? form.IsMatch(Operators.Text(text)) : null;
    }

    private Node Sum() => Chain(Product, "+", "-", "||");

    private Node Product() => Chain(Unary, "*", "/", "%");

    private Node Chain(Func<Node> part, params string[] signs)
    {
        var left = part();
        while (Array.Find(signs, Take) is { } sign)
        {
            var (a, b) = (left, part());
            left = row => Operators.Calculate(sign, a(row), b(row));
        }

        return left;
    }

    private Node Unary()
    {
        if (!Take("-")) return Primary();
        var inner = Primary();
        return row => Operators.Calculate("-", 0.0, inner(row));
    }

    private Node Primary()
    {
        if (Take("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }

        var word = Next();
        if (char.IsAsciiDigit(word[0])) return Constant(double.Parse(word, CultureInfo.InvariantCulture));
        if (word[0] == '\'') return Constant(Text(word));
        switch (word)
        {
            case "null": return Constant(null);
            case "true": return Constant(true);
            case "false": return Constant(false);
            case "case": return Case();
            case "interval": return Constant(Interval.Of(int.Parse(Next()), Next()));
            case "date" when Peek.StartsWith('\''): return Constant(DateOnly.Parse(Text(Next())));
            case "timestamp" when Peek.StartsWith('\''): return Constant(DateTime.Parse(Text(Next())));
            case "in_set": return InSet();
        }

        if (!char.IsAsciiLetter(word[0]) && word[0] != '_') throw Unexpected();
        if (!Take("(")) return row => row(word);
        var arguments = Arguments();
        return row => Functions.Call(word, [.. arguments.Select(a => a(row))]);
    }

    private Node InSet()
    {
        Expect("(");
        var item = Next();
        Expect(",");
        var set = Text(Next());
        Expect(")");
        return row => row(item) is { } code ? _inSet(set, Operators.Text(code)) : null;
    }

    private Node Case()
    {
        var subject = Peek.Equals("when", StringComparison.OrdinalIgnoreCase) ? null : Or();
        var branches = new List<(Node When, Node Then)>();
        Expect("when");
        do
        {
            var when = Or();
            Expect("then");
            branches.Add((when, Or()));
        }
        while (Take("when"));
        var otherwise = Take("else") ? Or() : Constant(null);
        Expect("end");
        return row =>
        {
            foreach (var (when, then) in branches)
            {
                var holds = subject is null ? when(row) : Operators.Compare("=", subject(row), when(row));
                if (holds is true) return then(row);
            }

            return otherwise(row);
        };
    }

    private List<Node> Arguments()
    {
        var list = new List<Node>();
        do list.Add(Or()); while (Take(","));
        Expect(")");
        return list;
    }

    private static Node Constant(object? value) => _ => value;

    private static string Text(string quoted) => quoted[1..^1].Replace("''", "'", StringComparison.Ordinal);

    private string Next()
    {
        if (_next >= _words.Count) throw Unexpected();
        var word = _words[_next++];
        return char.IsAsciiLetter(word[0]) ? word.ToLowerInvariant() : word;
    }

    private bool Take(string word)
    {
        if (!Peek.Equals(word, StringComparison.OrdinalIgnoreCase)) return false;
        _next++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Take(word)) throw Unexpected();
    }

    private RuleSyntaxException Unexpected() => new($"'{Peek}' is unexpected at word {_next + 1} of a rule");

    [GeneratedRegex(@"'(?:[^']|'')*'|[A-Za-z_]\w*|\d+(?:\.\d+)?|<>|!=|<=|>=|\|\||\S")]
    private static partial Regex Word();
}
