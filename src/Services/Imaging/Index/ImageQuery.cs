namespace Yunnao.Services.Imaging.Index;

/// <summary>A question to the index.</summary>
/// <param name="Fuzzy">Names match when each word asked for begins a word of the name, in any order.</param>
internal sealed record ImageQuery(QueryLevel Level, IReadOnlyList<MatchKey> Keys, int Offset = 0, int Limit = int.MaxValue, bool Fuzzy = false)
{
    /// <summary>What may be found at all; null for everything.</summary>
    public RowBound? Bound { get; init; }

    /// <summary>True for answers in an order that says nothing of dates and of the order of arrival.</summary>
    public bool WithoutOrder { get; init; }
}
