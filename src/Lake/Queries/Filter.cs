namespace Yunnao.Lake.Queries;

/// <summary>A condition on a row. Names are those of items or system columns; comparison with a missing value is never true.</summary>
public abstract record Filter
{
    private Filter()
    {
    }

    /// <summary>All of them; true when there is none.</summary>
    public sealed record And(IReadOnlyList<Filter> Parts) : Filter;

    /// <summary>Any of them; false when there is none.</summary>
    public sealed record Or(IReadOnlyList<Filter> Parts) : Filter;

    public sealed record Not(Filter Part) : Filter;

    public sealed record Compare(string Name, Comparison Comparison, Value Value) : Filter;

    public sealed record In(string Name, IReadOnlyList<Value> Values) : Filter;

    /// <summary>Both ends included.</summary>
    public sealed record Between(string Name, Value Low, Value High) : Filter;

    public sealed record IsNull(string Name) : Filter;

    /// <summary>The text contains this text, letter for letter.</summary>
    public sealed record Contains(string Name, string Text) : Filter;

    /// <summary>The text begins with this text, letter for letter.</summary>
    public sealed record StartsWith(string Name, string Text) : Filter;
}
