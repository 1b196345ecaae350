namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>Names of the methods in alarms and on the command line.</summary>
public static class DetectorNames
{
    public const string Combined = "combined";
    public const string Fixed = "fixed-threshold";
    public const string Trigger = "trigger";
    public const string MovingPercentile = "moving-percentile";
    public const string FarringtonFlexible = "farrington-flexible";
    public const string EarsC1 = "ears-c1";
    public const string EarsC2 = "ears-c2";
    public const string EarsC3 = "ears-c3";

    /// <summary>The methods that judge any single series.</summary>
    public static IReadOnlyList<string> OfSeries { get; } = [Combined, MovingPercentile, FarringtonFlexible, EarsC1, EarsC2, EarsC3];
}
