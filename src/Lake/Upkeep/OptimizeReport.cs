namespace Yunnao.Lake.Upkeep;

/// <summary>What optimize did to one data set.</summary>
public sealed record OptimizeReport(string DataSet, long Rows, TimeSpan Took);
