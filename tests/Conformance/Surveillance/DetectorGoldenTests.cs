using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Xunit;

namespace Yunnao.Tests.Conformance.Surveillance;

/// <summary>Every detector against R surveillance 1.20.3, bound and alarm of the last 100 weeks of each series.</summary>
public sealed class DetectorGoldenTests(ITestOutputHelper output)
{
    private delegate Problem? Detector(ReadOnlySpan<double> counts, int first, Span<Score> scores);

    private static readonly string[] s_all = ["k1", "m1", "n1", "s1", "salmonella.agona", "shadar"];

    public static TheoryData<string> All => [.. s_all];

    public static TheoryData<string> Long => [.. s_all.Except(["shadar"])];

    [Theory, MemberData(nameof(All))]
    public void Ears_C1_equals_R(string series) =>
        Compare("earsC1", series, static (counts, first, scores) => Ears.C1(counts, first, new(), scores));

    [Theory, MemberData(nameof(All))]
    public void Ears_C2_equals_R(string series) =>
        Compare("earsC2", series, static (counts, first, scores) => Ears.C2(counts, first, new(), scores));

    [Theory, MemberData(nameof(All))]
    public void Ears_C3_equals_R(string series) =>
        Compare("earsC3", series, static (counts, first, scores) => Ears.C3OfSurveillance(counts, first, new() { Alpha = 0.025 }, scores));

    [Theory, MemberData(nameof(All))]
    public void Rki_equals_R(string series) =>
        Compare("rki1", series, static (counts, first, scores) => Rki.Detect(counts, first, new(), scores));

    [Theory, MemberData(nameof(All))]
    public void Bayes_equals_R(string series) =>
        Compare("bayes1", series, static (counts, first, scores) => BayesDetector.Detect(counts, first, new(), scores));

    [Theory, MemberData(nameof(All))]
    public void Cusum_equals_R(string series) =>
        Compare("cusum", series, static (counts, first, scores) => Cusum.Detect(counts, first, new(), scores));

    [Theory, MemberData(nameof(Long))]
    public void Farrington_original_equals_R(string series) =>
        Compare("farrington", series, (counts, first, scores) =>
            Farrington.Detect(counts, first, new() { Years = series == "salmonella.agona" ? 4 : 2 }, scores));

    [Theory, MemberData(nameof(Long))]
    public void Farrington_flexible_equals_R(string series) =>
        Compare("farringtonFlexible", series, (counts, first, scores) =>
            FarringtonFlexible.Detect(counts, first, new()
            {
                Years = series == "salmonella.agona" ? 4 : 2,
                TrendThreshold = 1,
                MinimumCases = 0,
                CasePoints = 50,
            }, scores));

    private void Compare(string method, string series, Detector detector)
    {
        var golden = SharedEpidemicData.Columns($"golden/{method}_{series}.csv");
        var first = (int)golden["index"][0] - 1;
        var scores = new Score[golden["index"].Length];
        Assert.Null(detector(SharedEpidemicData.Counts(series), first, scores));
        var differences = new Differences();
        for (var i = 0; i < scores.Length; i++)
        {
            var week = $"week {first + i + 1}";
            differences.Add($"{week} observed", golden["observed"][i], scores[i].Observed);
            differences.Add($"{week} upper", golden["upperbound"][i], scores[i].Upper);
            differences.Add($"{week} alarm", double.IsNaN(golden["alarm"][i]) ? 0 : golden["alarm"][i], scores[i].Alarm ? 1 : 0);
        }

        differences.AssertNone(output, $"{method} {series}");
    }
}
