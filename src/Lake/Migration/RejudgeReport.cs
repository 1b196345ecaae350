namespace Yunnao.Lake.Migration;

/// <summary>What judging the stored rows of a data set again has changed.</summary>
/// <param name="Version">The version of the data set whose checks were applied.</param>
/// <param name="Rows">Current rows that were judged.</param>
/// <param name="Refused">Rows that went to quarantine.</param>
/// <param name="Flagged">Rows that stay and have at least one failed check.</param>
/// <param name="Changed">Rows that stay and have other failed checks than before.</param>
public sealed record RejudgeReport(string DataSet, string Version, long Rows, long Refused, long Flagged, long Changed);
