namespace Yunnao.Lake.Queries;

/// <summary>A column of the result.</summary>
/// <param name="Name">Item or system column; null only with <see cref="Aggregate.Count"/>, which then counts rows.</param>
/// <param name="As">Name in the result; null keeps the item's, or for an aggregate gives <c>aggregate_item</c>.</param>
public sealed record Output(string? Name, Aggregate Aggregate = Aggregate.None, string? As = null)
{
    /// <summary>Name of the column in the result.</summary>
    public string Title => As ?? (Aggregate, Name) switch
    {
        (Aggregate.None, { } name) => name,
        (Aggregate.CountDistinct, { } name) => $"count_distinct_{name}",
        (var aggregate, { } name) => $"{aggregate.ToString().ToLowerInvariant()}_{name}",
        (_, null) => "count",
    };
}
