using CsCheck;
using Xunit;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Evaluation;

namespace Yunnao.Tests.Unit.Surveillance;

/// <summary>What every detector does with input that is not a tidy series.</summary>
public sealed class DetectorInputTests
{
    public delegate Problem? Detector(ReadOnlySpan<double> counts, int first, Span<Score> scores);

    private static readonly Dictionary<string, Detector> s_detectors = new()
    {
        ["EARS C1"] = static (counts, first, scores) => Ears.C1(counts, first, new(), scores),
        ["EARS C2"] = static (counts, first, scores) => Ears.C2(counts, first, new(), scores),
        ["EARS C3"] = static (counts, first, scores) => Ears.C3(counts, first, new() { Alpha = 0.025 }, scores),
        ["EARS C3 of surveillance"] = static (counts, first, scores) => Ears.C3OfSurveillance(counts, first, new(), scores),
        ["RKI"] = static (counts, first, scores) => Rki.Detect(counts, first, new() { Years = 1 }, scores),
        ["Bayes"] = static (counts, first, scores) => BayesDetector.Detect(counts, first, new(), scores),
        ["CUSUM"] = static (counts, first, scores) => Cusum.Detect(counts, first, new(), scores),
        ["CUSUM Rossi"] = static (counts, first, scores) => Cusum.Detect(counts, first, new() { Residual = CusumResidual.Rossi }, scores),
        ["Farrington"] = static (counts, first, scores) => Farrington.Detect(counts, first, new(), scores),
        ["Farrington flexible"] = static (counts, first, scores) => FarringtonFlexible.Detect(counts, first, new(), scores),
        ["Farrington flexible by date"] = static (counts, first, scores) =>
            FarringtonFlexible.Detect(counts, first, new() { Calendar = Calendar.WeeksFrom(new(2014, 12, 29)) }, scores),
        ["likelihood ratio"] = static (counts, first, scores) => LikelihoodRatioChart.Detect(counts, first, Fives(scores.Length), new(), scores),
        ["outbreakP"] = static (counts, first, scores) => OutbreakP.Detect(counts, first, new(), scores),
        ["moving percentile"] = static (counts, first, scores) =>
            MovingPercentile.Detect(counts, first, new() { Window = 1, Step = 1, Calendar = Calendar.Weeks }, scores),
        ["fixed threshold"] = static (counts, first, scores) => FixedThreshold.Detect(counts, first, 1, 1, scores),
        ["EWMA"] = static (counts, first, scores) => Ewma.Detect(counts, first, new(), scores),
        ["Shewhart"] = static (counts, first, scores) => Shewhart.Detect(counts, [], first, new(), scores),
        ["combined"] = static (counts, first, scores) => KnownOutbreaks.Combined(counts, first, 0.9, scores),
        ["Serfling"] = static (counts, first, scores) => Serfling.Detect(counts, first, new(), scores),
    };

    public static TheoryData<string> Names => [.. s_detectors.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_negative_count_is_refused(string name) =>
        Assert.Equal("surveillance.negative-count", s_detectors[name]([3, 4, -1, 2], 3, new Score[1])?.Code);

    [Theory, MemberData(nameof(Names))]
    public void Points_outside_the_series_are_refused(string name)
    {
        Assert.Equal("surveillance.range-outside-series", s_detectors[name]([1, 2, 3], 2, new Score[2])?.Code);
        Assert.Equal("surveillance.range-outside-series", s_detectors[name]([1, 2, 3], -1, new Score[1])?.Code);
    }

    [Theory, MemberData(nameof(Names))]
    public void An_infinite_count_is_refused(string name) =>
        Assert.Equal("surveillance.infinite-count", s_detectors[name]([3, double.PositiveInfinity, 1], 2, new Score[1])?.Code);

    [Theory, MemberData(nameof(Names))]
    public void An_empty_series_gives_no_scores(string name) => Assert.Null(s_detectors[name]([], 0, []));

    [Theory, MemberData(nameof(Names))]
    public void A_series_of_one_point_gives_a_score_and_without_history_no_alarm(string name)
    {
        var scores = new Score[1];
        Assert.Null(s_detectors[name]([3], 0, scores));
        Assert.Equal(3, scores[0].Observed);
        Assert.Equal(name is "fixed threshold", scores[0].Alarm);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_series_of_zeros_never_alarms(string name)
    {
        var scores = new Score[100];
        Assert.Null(s_detectors[name](new double[400], 300, scores));
        Assert.DoesNotContain(scores, score => score.Alarm);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_gap_never_alarms_and_the_points_around_it_are_still_scored(string name)
    {
        var counts = Simulated.Weeks(400, 6, 3);
        counts[310] = double.NaN;
        counts[340] = double.NaN;
        counts[120] = double.NaN;
        var scores = new Score[90];
        Assert.Null(s_detectors[name](counts, 310, scores));
        Assert.False(scores[0].Alarm);
        Assert.False(scores[30].Alarm);
        Assert.Contains(scores, score => !double.IsNaN(score.Upper));
        Assert.Contains(scores[31..], score => !double.IsNaN(score.Upper));
    }

    [Theory, MemberData(nameof(Names))]
    public void One_giant_spike_alarms_and_leaves_finite_thresholds_behind(string name)
    {
        var counts = Simulated.Weeks(420, 6, 5);
        counts[350] = 1e6;
        var scores = new Score[70];
        Assert.Null(s_detectors[name](counts, 350, scores));
        // R's C3 judges a point by the two before it, so it sees the spike one point late.
        Assert.True(scores[0].Alarm || (name is "EARS C3 of surveillance" && scores[1].Alarm));
        Assert.DoesNotContain(scores, score => double.IsInfinity(score.Upper));
    }

    [Theory, MemberData(nameof(Names))]
    public void Any_series_of_counts_is_scored_without_an_exception(string name) =>
        Gen.Double[0, 30].Select(Math.Floor).Array[0, 330].Sample(
            counts =>
            {
                var from = counts.Length / 2;
                return s_detectors[name](counts, from, new Score[counts.Length - from]) is null;
            },
            iter: 30);

    [Theory, MemberData(nameof(Names))]
    public void The_score_of_a_point_does_not_depend_on_later_points(string name)
    {
        var counts = Simulated.Weeks(400, 6, 9);
        var all = new Score[40];
        var past = new Score[20];
        Assert.Null(s_detectors[name](counts, 360, all));
        Assert.Null(s_detectors[name](counts.AsSpan(0, 380), 360, past));
        Assert.Equal(all[..20], past);
    }

    private static double[] Fives(int length)
    {
        var means = new double[length];
        Array.Fill(means, 5);
        return means;
    }
}
