using Yunnao.Standards.Quality;

namespace Yunnao.Services.Quality;

/// <summary>The quality of what was sent, without a form yet.</summary>
/// <param name="Dimensions">In the order of the registry.</param>
/// <param name="Institutions">The worst first.</param>
/// <param name="DataSets">The worst first.</param>
/// <param name="Months">In their order.</param>
/// <param name="Measures">Those that cost most first; measures of weight 0 last.</param>
public sealed record QualityReport(
    QualityFilter Filter, IReadOnlyList<QualityDimension> Dimensions, QualityScore Total, IReadOnlyList<QualityScore> Institutions,
    IReadOnlyList<QualityScore> DataSets, IReadOnlyList<QualityScore> Months, IReadOnlyList<MeasureCount> Measures);
