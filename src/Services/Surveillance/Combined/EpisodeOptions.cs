namespace Yunnao.Services.Surveillance.Combined;

/// <summary>Settings of <see cref="EpisodeBook"/>.</summary>
public sealed record EpisodeOptions
{
    /// <summary>Days without an unusual day after which an episode is over and a new signal is a new alarm.</summary>
    public int Quiet { get; init; } = 7;

    /// <summary>An episode stays open while a series of it has a p-value of at most this (hysteresis: above the level of a signal).</summary>
    public double StayOpen { get; init; } = 0.05;
}
