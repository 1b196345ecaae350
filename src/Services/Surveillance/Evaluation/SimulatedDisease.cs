namespace Yunnao.Services.Surveillance.Evaluation;

/// <summary>
/// A notifiable disease of the simulated city. Seasons are those of standards/synthetic/seasons.csv, outbreak lengths those of the
/// synthetic city; yearly rates are of the size that China reports.
/// </summary>
/// <param name="Rate">Reported cases a year for each 100,000 residents, without outbreaks.</param>
/// <param name="Season">Factor of each month, mean about 1.</param>
/// <param name="YearAmplitude">Standard deviation of the logarithm of a year's size.</param>
/// <param name="YearShift">Standard deviation of a season's shift, in days.</param>
/// <param name="OutbreakDays">Usual length of an outbreak; zero where there are none.</param>
/// <param name="PointSource">Whether an outbreak has one source and rises at once, or spreads from person to person.</param>
/// <param name="Percentile">The percentile that CIDARS uses for the disease.</param>
internal sealed record SimulatedDisease(
    string Name, double Rate, double[] Season, double YearAmplitude, double YearShift, int OutbreakDays, bool PointSource, double Percentile)
{
    private static readonly double[] s_none = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    private static readonly double[] s_winter = [1.6, 1.45, 1.2, 0.95, 0.8, 0.7, 0.65, 0.65, 0.75, 0.9, 1.15, 1.45];
    private static readonly double[] s_summer = [0.6, 0.6, 0.7, 0.85, 1.05, 1.35, 1.6, 1.6, 1.3, 0.95, 0.75, 0.65];
    private static readonly double[] s_spring = [0.8, 0.9, 1.3, 1.4, 1.3, 1.05, 0.85, 0.8, 1, 1, 0.85, 0.75];
    private static readonly double[] s_flu = [2.6, 2.2, 1.3, 0.6, 0.35, 0.25, 0.3, 0.35, 0.4, 0.5, 1.1, 2.1];
    private static readonly double[] s_hfmd = [0.25, 0.25, 0.5, 1.1, 1.9, 2.2, 1.6, 0.9, 0.9, 1, 0.9, 0.5];

    /// <summary>The diseases of the city.</summary>
    public static IReadOnlyList<SimulatedDisease> All { get; } =
    [
        new("influenza", 250, s_flu, 0.35, 10, 21, PointSource: false, 0.7),
        new("hand, foot and mouth disease", 140, s_hfmd, 0.25, 7, 24, PointSource: false, 0.9),
        new("other infectious diarrhoea", 95, s_winter, 0.15, 5, 12, PointSource: true, 0.6),
        new("varicella", 70, s_winter, 0.15, 5, 28, PointSource: false, 0.9),
        new("mumps", 20, s_spring, 0.15, 5, 30, PointSource: false, 0.6),
        new("scarlet fever", 6, s_winter, 0.15, 5, 21, PointSource: false, 0.9),
        new("bacillary dysentery", 6, s_summer, 0.15, 5, 10, PointSource: true, 0.5),
        new("hepatitis A", 1.5, s_none, 0.1, 0, 30, PointSource: true, 0.7),
        new("hepatitis B", 70, s_none, 0.05, 0, 0, PointSource: false, 0.9),
        new("tuberculosis", 55, s_spring, 0.05, 5, 0, PointSource: false, 0.9),
    ];
}
