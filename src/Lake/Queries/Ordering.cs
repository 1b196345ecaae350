namespace Yunnao.Lake.Queries;

/// <summary>An order of the result by an item or system column, or by the title of an aggregate; missing values come last.</summary>
public sealed record Ordering(string Name, bool Descending = false);
