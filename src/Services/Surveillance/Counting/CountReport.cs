namespace Yunnao.Services.Surveillance.Counting;

/// <summary>What bringing the counts up to date did.</summary>
/// <param name="Whole">True when all was counted anew, because the rules had changed or nothing had been counted before.</param>
/// <param name="Days">Days of data sets that were looked at again.</param>
/// <param name="Events">Events found in them.</param>
/// <param name="Cells">Counts (signal, day, region, age band, institution) written.</param>
/// <param name="Duration">How long it took.</param>
public sealed record CountReport(bool Whole, long Days, long Events, long Cells, TimeSpan Duration);
