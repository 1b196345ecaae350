namespace Yunnao.Services.Quality;

/// <summary>A score of an institution, a data set, a month, or of everything; all scores are from 0 to 1.</summary>
/// <param name="Key">Code of the institution, id of the data set, first day of the month; empty for everything, and for records without.</param>
/// <param name="Name">For people; of a data set or an institution, else empty.</param>
/// <param name="Total">NaN when nothing was measured.</param>
/// <param name="Dimensions">Dimension → score, of those that were measured.</param>
/// <param name="Accepted">Current rows.</param>
/// <param name="Quarantined">Rows in quarantine.</param>
public sealed record QualityScore(string Key, string Name, double Total, IReadOnlyDictionary<string, double> Dimensions, long Accepted, long Quarantined);
