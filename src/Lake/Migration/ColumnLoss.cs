namespace Yunnao.Lake.Migration;

/// <summary>A column whose new type cannot hold every stored value.</summary>
/// <param name="Values">How many values would be lost, superseded versions included.</param>
public sealed record ColumnLoss(string DataSet, string Column, string From, string To, long Values);
