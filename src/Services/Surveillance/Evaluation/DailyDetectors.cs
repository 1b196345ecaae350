using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Evaluation;

/// <summary>The published detectors that judge daily counts, with their usual settings.</summary>
internal static class DailyDetectors
{
    /// <summary>Scores points of a series; the percentile is that of the disease, for the method that has one.</summary>
    public delegate Problem? Detector(ReadOnlySpan<double> counts, int first, double percentile, Span<Score> scores);

    public static IReadOnlyList<(string Name, Detector Detect)> All { get; } =
    [
        ("moving percentile", static (counts, first, percentile, scores) => MovingPercentile.Detect(counts, first, new() { Percentile = percentile }, scores)),
        ("EARS C1", static (counts, first, _, scores) => Ears.C1(counts, first, new(), scores)),
        ("EARS C2", static (counts, first, _, scores) => Ears.C2(counts, first, new(), scores)),
        ("EARS C3", static (counts, first, _, scores) => Ears.C3(counts, first, new() { Alpha = 0.025 }, scores)),
        ("EWMA", static (counts, first, _, scores) => Ewma.Detect(counts, first, new(), scores)),
        ("CUSUM", static (counts, first, _, scores) => Cusum.Detect(counts, first, new(), scores)),
        ("Bayes", static (counts, first, _, scores) => BayesDetector.Detect(counts, first, new() { Frequency = 365 }, scores)),
        ("RKI", static (counts, first, _, scores) => Rki.Detect(counts, first, new() { Frequency = 365 }, scores)),
    ];
}
