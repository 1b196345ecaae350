namespace Yunnao.Services.Surveillance.Counting;

/// <summary>Which counts are wanted.</summary>
/// <param name="Signal">Signal id; <c>card</c> means all codes of that rule together.</param>
/// <param name="Region">Beginning of a division code; empty: everywhere.</param>
/// <param name="AgeBand">First year of the age band, or null: all ages.</param>
/// <param name="Institution">Institution, or null: all.</param>
/// <param name="From">First day, or null: the first that was counted.</param>
/// <param name="To">Last day, or null: the last that was counted (<see cref="SeriesReader.SpanAsync"/>).</param>
public sealed record SeriesQuery(
    string Signal, string Region = "", int? AgeBand = null, string? Institution = null, DateOnly? From = null, DateOnly? To = null);
