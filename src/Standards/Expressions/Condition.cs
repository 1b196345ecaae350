using System.Globalization;

namespace Yunnao.Standards.Expressions;

/// <summary>The and, or and not of a rule expression over its plain parts, so that its opposite can be written without NOT around the whole.</summary>
internal abstract record Condition
{
    private static readonly Dictionary<string, string> s_opposites = new()
    {
        ["="] = "<>", ["<>"] = "=", ["!="] = "=", ["<"] = ">=", [">="] = "<", [">"] = "<=", ["<="] = ">",
    };

    /// <summary>What is true where the condition is false, false where it is true, and NULL where it is NULL.</summary>
    /// <param name="tokens">The tokens of the expression, and the same as SQL.</param>
    public abstract Truth Opposite(TokenTexts tokens);

    /// <summary>What is true where the condition is, false where it is false, and NULL where it is NULL.</summary>
    public abstract Truth Same(TokenTexts tokens);

    internal sealed record Any(IReadOnlyList<Condition> Parts) : Condition
    {
        public override Truth Opposite(TokenTexts tokens) => new Truth.Every([.. Parts.Select(p => p.Opposite(tokens))]);

        public override Truth Same(TokenTexts tokens) => new Truth.Some([.. Parts.Select(p => p.Same(tokens))]);
    }

    internal sealed record All(IReadOnlyList<Condition> Parts) : Condition
    {
        public override Truth Opposite(TokenTexts tokens) => new Truth.Some([.. Parts.Select(p => p.Opposite(tokens))]);

        public override Truth Same(TokenTexts tokens) => new Truth.Every([.. Parts.Select(p => p.Same(tokens))]);
    }

    internal sealed record Not(Condition Part) : Condition
    {
        public override Truth Opposite(TokenTexts tokens) => Part.Same(tokens);

        public override Truth Same(TokenTexts tokens) => Part.Opposite(tokens);
    }

    /// <summary>The tokens from <paramref name="From"/> up to <paramref name="End"/>; no and, or, not outside brackets.</summary>
    /// <param name="Sign">The token that compares, where the part is a comparison of two values.</param>
    internal sealed record Plain(int From, int End, int? Sign) : Condition
    {
        public override Truth Opposite(TokenTexts tokens)
        {
            if (Sign is not { } sign) return new Truth.Part($"not ({tokens.Text(From, End)})", tokens.Items(From, End), At: tokens.Steps(From, End));
            var opposite = s_opposites[tokens.Sql[sign]];
            return new Truth.Part($"{tokens.Text(From, sign)} {opposite} {tokens.Text(sign + 1, End)}", tokens.Items(From, End), BoundOf(tokens, sign, opposite), tokens.Steps(From, End));
        }

        public override Truth Same(TokenTexts tokens) =>
            new Truth.Part(
                tokens.Text(From, End), tokens.Items(From, End), Sign is { } sign ? BoundOf(tokens, sign, tokens.Sql[sign]) : null, tokens.Steps(From, End));

        private Bound? BoundOf(TokenTexts tokens, int sign, string written)
        {
            if (written is not ("<" or "<=" or ">" or ">=") || !decimal.TryParse(tokens.Sql[End - 1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            var left = tokens.Text(From, sign);
            if (End == sign + 2) return new(left, written, null, number);
            if (End != sign + 4 || sign != From + 1 || !tokens.IsItem(From) || !tokens.IsItem(sign + 1)) return null;
            return tokens.Sql[sign + 2] switch
            {
                "+" => new(left, written, tokens.Sql[sign + 1], number),
                "-" => new(left, written, tokens.Sql[sign + 1], -number),
                _ => null,
            };
        }
    }
}
