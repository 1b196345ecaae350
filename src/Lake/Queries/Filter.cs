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
    /// <param name="Folded">True takes capital and small letters, with accents and without, for the same.</param>
    public sealed record Contains(string Name, string Text, bool Folded = false) : Filter;

    /// <summary>The text begins with this text, letter for letter.</summary>
    /// <param name="Folded">True takes capital and small letters, with accents and without, for the same.</param>
    public sealed record StartsWith(string Name, string Text, bool Folded = false) : Filter;

    /// <summary>
    /// The values of these columns, all there, are among the rows of another query, of which the Scope shows the outputs as it shows these
    /// columns. The other query is put under the same Scope, so that no row is found by one that its holder cannot see.
    /// </summary>
    /// <param name="Of">Its outputs are plain columns, one for each name; it has neither order nor limit.</param>
    public sealed record Among(IReadOnlyList<string> Names, Query Of) : Filter
    {
        /// <summary>The other query under the Scope; <see cref="Passes.InnerQueriesAreScoped"/> puts it here.</summary>
        internal ScopedQuery? Scoped { get; init; }
    }
}
