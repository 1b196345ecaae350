namespace Yunnao.Lake.Batches;

/// <summary>What became of the rows of a data set that were in the quarantine of a batch when they were judged again.</summary>
/// <param name="Judged">Rows judged.</param>
/// <param name="Released">Rows that are accepted now.</param>
/// <param name="Current">Of these, the rows that are the current version of their record; the others came after a newer one and are history.</param>
/// <param name="Unmatched">Rows that the file does not give in the same way any more, so that they were not judged.</param>
public sealed record ReleaseReport(int Batch, string DataSet, long Judged, long Released, long Current, long Unmatched);
