namespace Yunnao.Services.Quality;

/// <summary>What bringing the counts up to date did.</summary>
/// <param name="Whole">True when all was counted anew, because the registry had changed or nothing had been counted before.</param>
/// <param name="Months">Months of data sets that were counted again; 0 when all was.</param>
/// <param name="Scans">Data sets that were scanned, each once.</param>
/// <param name="Counts">Counts (data set, institution, month, measure) written.</param>
/// <param name="Duration">How long it took.</param>
public sealed record QualityCountReport(bool Whole, long Months, int Scans, long Counts, TimeSpan Duration);
