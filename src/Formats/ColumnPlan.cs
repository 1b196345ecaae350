namespace Yunnao.Formats;

/// <summary>A text column of a staging table and the path it is read from; alternatives are separated by <c> | </c> and tried in order.</summary>
public sealed record ColumnPlan(string Name, string Path);
