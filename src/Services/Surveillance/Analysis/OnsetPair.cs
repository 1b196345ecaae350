namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// An infector and the person it infected, each with the window of its onset in days: the infector fell ill between
/// <paramref name="InfectorFrom"/> and <paramref name="InfectorTo"/>. Onset dates known to the day d are windows d to d + 1.
/// </summary>
public readonly record struct OnsetPair(double InfectorFrom, double InfectorTo, double From, double To)
{
    /// <summary>A pair whose onset days are known.</summary>
    public static OnsetPair OfDays(int infector, int infected) => new(infector, infector + 1, infected, infected + 1);
}
