namespace Yunnao.Lake.Migration;

/// <summary>An item, and its column, under a new name.</summary>
public sealed record ColumnRename(string DataSet, string From, string To);
