namespace Yunnao.Lake.Batches;

/// <summary>A batch's rows in one data set. Always <c>Accepted + Quarantined = Received</c>.</summary>
/// <param name="DataSet">Data set id; null for records that no mapping gave to a data set.</param>
/// <param name="DataSetVersion">Version of the data set whose checks were applied; null with the data set.</param>
/// <param name="Accepted">Rows that passed, including those that a later row of the same batch superseded.</param>
/// <param name="Superseded">Versions that went to history because of this batch, its own earlier rows included.</param>
/// <param name="Flagged">Accepted rows that carry at least one failed check.</param>
public sealed record BatchCount(
    string? DataSet, string? DataSetVersion, long Received, long Accepted, long Quarantined, long Superseded, long Flagged);
