namespace Yunnao.Standards.Expressions;

/// <summary>
/// When a condition is true: parts joined by and, or. NOT is only inside single parts, so that a whole is true exactly when the parts that
/// make it up are true, whatever is NULL among the others.
/// </summary>
public abstract record Truth
{
    /// <summary>The condition as SQL.</summary>
    public abstract string Sql { get; }

    /// <summary>Names of the items it reads, each once.</summary>
    public abstract IEnumerable<string> Items { get; }

    /// <summary>
    /// Where the condition compares one item with numbers and does nothing else: these numbers, in no order. It is the same for all values
    /// between two of them. Null: it may be another for each value.
    /// </summary>
    public abstract IReadOnlyList<double>? Steps { get; }

    /// <summary>A part without and, or, not outside brackets, or any SQL that is not looked into.</summary>
    /// <param name="Read">Names of the items that it reads.</param>
    /// <param name="Bound">The same part as a bound, where it is one.</param>
    /// <param name="At">See <see cref="Steps"/>.</param>
    public sealed record Part(string Text, IReadOnlyList<string> Read, Bound? Bound = null, IReadOnlyList<double>? At = null) : Truth
    {
        public override IReadOnlyList<double>? Steps => At;

        public override string Sql => Text;

        public override IEnumerable<string> Items => Read;
    }

    /// <summary>True when every part is.</summary>
    public sealed record Every(IReadOnlyList<Truth> Parts) : Truth
    {
        public override string Sql => Join("and", Parts);

        public override IReadOnlyList<double>? Steps => Joined(Parts);

        public override IEnumerable<string> Items => Parts.SelectMany(p => p.Items).Distinct();
    }

    /// <summary>True when some part is.</summary>
    public sealed record Some(IReadOnlyList<Truth> Parts) : Truth
    {
        public override string Sql => Join("or", Parts);

        public override IReadOnlyList<double>? Steps => Joined(Parts);

        public override IEnumerable<string> Items => Parts.SelectMany(p => p.Items).Distinct();
    }

    private static string Join(string word, IEnumerable<Truth> parts) => $"({string.Join($" {word} ", parts.Select(p => p.Sql))})";

    private static List<double>? Joined(IReadOnlyList<Truth> parts) => parts.All(p => p.Steps is not null) ? [.. parts.SelectMany(p => p.Steps!)] : null;
}
