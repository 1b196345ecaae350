namespace Yunnao.Lake.Queries;

/// <summary>An order of the result by an item or system column; missing values come last.</summary>
public sealed record Ordering(string Name, bool Descending = false);
