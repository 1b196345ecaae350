namespace Yunnao.Standards.Expressions;

/// <summary>The and, or and not of a rule expression over its plain parts, so that its opposite can be written without NOT around the whole.</summary>
internal abstract record Condition
{
    private static readonly Dictionary<string, string> s_opposites = new()
    {
        ["="] = "<>", ["<>"] = "=", ["!="] = "=", ["<"] = ">=", [">="] = "<", [">"] = "<=", ["<="] = ">",
    };

    /// <summary>SQL that is true where the condition is false, false where it is true, and NULL where it is NULL.</summary>
    /// <param name="texts">The tokens of the expression as SQL.</param>
    public abstract string Opposite(IReadOnlyList<string> texts);

    protected abstract string Same(IReadOnlyList<string> texts);

    private static string Join(string word, IEnumerable<string> parts) => $"({string.Join($" {word} ", parts)})";

    internal sealed record Any(IReadOnlyList<Condition> Parts) : Condition
    {
        public override string Opposite(IReadOnlyList<string> texts) => Join("and", Parts.Select(p => p.Opposite(texts)));

        protected override string Same(IReadOnlyList<string> texts) => Join("or", Parts.Select(p => p.Same(texts)));
    }

    internal sealed record All(IReadOnlyList<Condition> Parts) : Condition
    {
        public override string Opposite(IReadOnlyList<string> texts) => Join("or", Parts.Select(p => p.Opposite(texts)));

        protected override string Same(IReadOnlyList<string> texts) => Join("and", Parts.Select(p => p.Same(texts)));
    }

    internal sealed record Not(Condition Part) : Condition
    {
        public override string Opposite(IReadOnlyList<string> texts) => Part.Same(texts);

        protected override string Same(IReadOnlyList<string> texts) => Part.Opposite(texts);
    }

    /// <summary>The tokens from <paramref name="From"/> up to <paramref name="End"/>; no and, or, not outside brackets.</summary>
    /// <param name="Sign">The token that compares, where the part is a comparison of two values.</param>
    internal sealed record Plain(int From, int End, int? Sign) : Condition
    {
        public override string Opposite(IReadOnlyList<string> texts) => Sign is { } sign
            ? $"{Text(texts, From, sign)} {s_opposites[texts[sign]]} {Text(texts, sign + 1, End)}"
            : $"not ({Same(texts)})";

        protected override string Same(IReadOnlyList<string> texts) => Text(texts, From, End);

        private static string Text(IReadOnlyList<string> texts, int from, int end) => string.Join(' ', texts.Skip(from).Take(end - from));
    }
}
