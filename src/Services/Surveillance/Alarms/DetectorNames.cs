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

    public const string Farrington = "farrington";
    public const string Bayes = "bayes";
    public const string Rki = "rki";
    public const string Cusum = "cusum";
    public const string Ewma = "ewma";
    public const string Shewhart = "shewhart";
    public const string Serfling = "serfling";
    public const string OutbreakP = "outbreakp";
    public const string LikelihoodRatio = "glr-poisson";
    public const string LikelihoodRatioNegativeBinomial = "glr-nb";

    /// <summary>The methods that judge any single series by themselves, and of which an alarm says whether they agree.</summary>
    public static IReadOnlyList<string> OfSeries { get; } = [Combined, MovingPercentile, FarringtonFlexible, EarsC1, EarsC2, EarsC3];

    /// <summary>All methods that can be asked for by name.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. OfSeries, Farrington, Bayes, Rki, Cusum, Ewma, Shewhart, Serfling, OutbreakP, LikelihoodRatio, LikelihoodRatioNegativeBinomial];

    /// <summary>The methods whose statistic is a p-value, so that false discoveries can be controlled over many series.</summary>
    public static IReadOnlyList<string> WithPValue { get; } = [Combined, FarringtonFlexible, Bayes];
}
