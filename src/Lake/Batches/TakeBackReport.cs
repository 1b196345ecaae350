namespace Yunnao.Lake.Batches;

/// <summary>What taking a batch back did in one data set.</summary>
/// <param name="Removed">Versions of the batch that were removed, current or superseded.</param>
/// <param name="Restored">Versions of earlier batches that are current again.</param>
public sealed record TakeBackReport(string DataSet, long Removed, long Restored);
