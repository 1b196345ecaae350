namespace Yunnao.Services.Surveillance.Counting;

/// <summary>What has been counted of a signal.</summary>
public sealed record SignalSummary(string Signal, long Cases, DateOnly First, DateOnly Last, long LastFourWeeks);
