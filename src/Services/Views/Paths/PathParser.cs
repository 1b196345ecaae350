using Yunnao.Kernel;

namespace Yunnao.Services.Views.Paths;

/// <summary>
/// Parses FHIRPath (N1, the normative grammar) into a tree, by recursive descent: one method a level of precedence. Why not a parser of
/// others: docs/adr/2611-views-compile-to-one-statement.md.
/// </summary>
internal sealed class PathParser
{
    private const int Deepest = 100;

    // From the loosest to the tightest binding.
    private static readonly string[][] s_levels =
    [
        ["implies"], ["or", "xor"], ["and"], ["in", "contains"], ["=", "~", "!=", "!~"], ["<=", "<", ">", ">="], ["|"], ["is", "as"], ["+", "-", "&"], ["*", "/", "div", "mod"],
    ];

    private static readonly string[] s_units =
    [
        "year", "years", "month", "months", "week", "weeks", "day", "days", "hour", "hours", "minute", "minutes", "second", "seconds", "millisecond", "milliseconds",
    ];

    private readonly List<PathToken> _tokens;
    private int _next;
    private int _depth;

    private PathParser(List<PathToken> tokens) => _tokens = tokens;

    private PathToken Current => _tokens[_next];

    /// <summary>The tree of a text. Problem: <c>fhirpath.syntax</c>, its place being the place given.</summary>
    public static Result<PathNode> Parse(string text, Place where)
    {
        try
        {
            var parser = new PathParser(new PathLexer(text).All());
            var tree = parser.Level(0);
            return parser.Current.Kind == PathTokenKind.End ? tree : throw parser.Unexpected();
        }
        catch (PathSyntaxException e)
        {
            return new Problem(ProblemKind.Incorrect, "fhirpath.syntax", $"The path is not FHIRPath: {e.Said}, at character {e.At + 1}.", where);
        }
    }

    private PathNode Level(int level)
    {
        if (level == s_levels.Length) return Signed();
        var left = Level(level + 1);
        while (Current.Kind is PathTokenKind.Symbol or PathTokenKind.Name && s_levels[level].Contains(Current.Text))
        {
            var sign = Take();
            left = sign.Text is "is" or "as" ? new PathNode.OfType(sign.At, sign.Text == "is", left, TypeName()) : new PathNode.Binary(sign.At, sign.Text, left, Level(level + 1));
        }

        return left;
    }

    private PathNode Signed()
    {
        if (!Is("+") && !Is("-")) return Invocations(Term());
        var sign = Take();
        return new PathNode.Signed(sign.At, sign.Text, Signed());
    }

    private PathNode Invocations(PathNode node)
    {
        while (true)
        {
            if (Is("."))
            {
                Take();
                node = Invocation(node);
            }
            else if (Is("["))
            {
                var at = Take().At;
                node = new PathNode.Item(at, node, Inner());
                Expect("]");
            }
            else
            {
                return node;
            }
        }
    }

    private PathNode Invocation(PathNode? focus)
    {
        if (Current.Kind == PathTokenKind.Variable && focus is not null) throw Unexpected();
        if (Current.Kind is not (PathTokenKind.Name or PathTokenKind.QuotedName)) throw Unexpected();
        var name = Take();
        return Is("(") ? new PathNode.Call(name.At, focus, name.Text, Arguments()) : new PathNode.Member(name.At, focus, name.Text);
    }

    private List<PathNode> Arguments()
    {
        var arguments = new List<PathNode>();
        Expect("(");
        while (!Is(")"))
        {
            if (arguments.Count > 0) Expect(",");
            arguments.Add(Inner());
        }

        Expect(")");
        return arguments;
    }

    private PathNode Term()
    {
        var token = Current;
        switch (token.Kind)
        {
            case PathTokenKind.Text: return Literal("string");
            case PathTokenKind.Date: return Literal("date");
            case PathTokenKind.DateTime: return Literal("dateTime");
            case PathTokenKind.Time: return Literal("time");
            case PathTokenKind.Number: return Number();
            case PathTokenKind.Name when token.Text is "true" or "false": return Literal("boolean");
            case PathTokenKind.Constant: return new PathNode.Constant(token.At, Take().Text);
            case PathTokenKind.Variable when token.Text is "this": return new PathNode.This(Take().At);
            case PathTokenKind.Variable when token.Text is "index": return new PathNode.Index(Take().At);
            case PathTokenKind.Symbol when token.Text is "(":
                Take();
                var inner = Inner();
                Expect(")");
                return inner;
            case PathTokenKind.Symbol when token.Text is "{":
                Take();
                Expect("}");
                return new PathNode.Empty(token.At);
            default: return Invocation(null);
        }

        PathNode.Literal Literal(string type) => new(token.At, type, Take().Text);
    }

    private PathNode Number()
    {
        var number = Take();
        if (Current.Kind == PathTokenKind.Text || (Current.Kind == PathTokenKind.Name && s_units.Contains(Current.Text))) return new PathNode.QuantityLiteral(number.At, number.Text, Take().Text);
        return new PathNode.Literal(number.At, number.Text.Contains('.', StringComparison.Ordinal) ? "decimal" : "integer", number.Text);
    }

    /// <summary>An expression in brackets of any kind; the depth is bounded, so that no text ends the process.</summary>
    private PathNode Inner()
    {
        if (++_depth > Deepest) throw new PathSyntaxException(Current.At, $"brackets are nested more than {Deepest} deep");
        var node = Level(0);
        _depth--;
        return node;
    }

    private string TypeName()
    {
        var name = Identifier();
        while (Is("."))
        {
            Take();
            name += "." + Identifier();
        }

        return name;

        string Identifier() => Current.Kind is PathTokenKind.Name or PathTokenKind.QuotedName ? Take().Text : throw Unexpected();
    }

    private bool Is(string symbol) => Current.Kind == PathTokenKind.Symbol && Current.Text == symbol;

    private void Expect(string symbol)
    {
        if (!Is(symbol)) throw new PathSyntaxException(Current.At, $"'{symbol}' is missing");
        Take();
    }

    private PathToken Take() => _tokens[_next++];

    private PathSyntaxException Unexpected() =>
        new(Current.At, Current.Kind == PathTokenKind.End ? (Sentence)"it ends where an expression is wanted" : $"'{Current.Text}' is not expected");
}
