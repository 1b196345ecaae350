using Xunit;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Analysis;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Tests.Conformance.Surveillance;

/// <summary>Methods that the shared golden files leave out, against what R gives (Expected/expected.R).</summary>
public sealed class ExpectedOfRTests(ITestOutputHelper output)
{
    private static readonly SeasonalMeanOptions s_overdispersed = new() { Overdispersed = true };

    [Fact]
    public void Farrington_flexible_by_date_equals_R_on_Newport() =>
        Compare("farringtonFlexible_newport", Run(Newport(), 424, 104, static (counts, first, scores) =>
            FarringtonFlexible.Detect(counts, first, new() { Calendar = Calendar.WeeksFrom(new(2004, 1, 5)) }, scores)), score => score.Upper);

    [Fact]
    public void Farrington_original_by_date_equals_R_on_Newport() =>
        Compare("farrington_newport", Run(Newport(), 424, 104, static (counts, first, scores) =>
            Farrington.Detect(counts, first, new() { Calendar = Calendar.WeeksFrom(new(2004, 1, 5)) }, scores)), score => score.Upper);

    [Fact]
    public void Likelihood_ratio_of_Poisson_counts_equals_R()
    {
        var scores = Chart(Fixed(), 0);
        Compare("glrpois_fixed", scores, score => score.Statistic);
        Compare("glrpois_fixed_cases", scores, score => score.Upper);
    }

    [Fact]
    public void Likelihood_ratio_of_negative_binomial_counts_equals_R() =>
        Compare("glrnb_fixed", Chart(Fixed(), 0.4), score => score.Statistic);

    [Fact]
    public void Seasonal_Poisson_mean_and_its_chart_equal_R()
    {
        var means = new double[100];
        Assert.Equal(0, SeasonalMean.Extrapolate(Agona(), 212, new(), means).Value);
        var scores = Chart(means, 0);
        Compare("glrpois_seasonal_mean", scores, score => score.Expected);
        Compare("glrpois_seasonal", scores, score => score.Statistic);
    }

    [Fact]
    public void Seasonal_negative_binomial_mean_and_its_chart_equal_R()
    {
        var means = new double[100];
        var overdispersion = SeasonalMean.Extrapolate(Agona(), 212, s_overdispersed, means).Value;
        var scores = Chart(means, overdispersion);
        Compare("glrnb_seasonal_mean", scores, score => score.Expected);
        Compare("glrnb_seasonal", scores, score => score.Statistic);
    }

    [Fact]
    public void OutbreakP_equals_R() =>
        Compare("outbreakP", Run(Agona(), 212, 100, static (counts, first, scores) =>
            OutbreakP.Detect(counts, first, new(), scores)), score => score.Statistic);

    [Fact]
    public void Uncertain_serial_interval_agrees_with_EpiEstim_within_Monte_Carlo_error()
    {
        var incidence = SharedEpidemicData.Columns("epiestim/Flu2009_incidence.csv")["I"];
        var windows = Cori.EstimateUncertain(incidence, new()
        {
            Mean = 2.6, MeanSd = 1, MeanLow = 1.1, MeanHigh = 4.2, Sd = 1.5, SdSd = 0.5, SdLow = 0.5, SdHigh = 2.5, Intervals = 4000,
        }, new()).Value;
        var expected = SharedEpidemicData.Expected("uncertain_si_flu2009");
        var differences = new Differences();
        Assert.Equal(expected["t_end"].Length, windows.Length);
        for (var i = 0; i < windows.Length; i++)
        {
            var day = $"day {windows[i].End + 1}";
            differences.Add($"{day} mean", expected["Mean(R)"][i], windows[i].Mean, 0.05);
            differences.Add($"{day} median", expected["Median(R)"][i], windows[i].Median, 0.05);
            differences.Add($"{day} lower", expected["Quantile.0.025(R)"][i], windows[i].Lower, 0.05);
            differences.Add($"{day} upper", expected["Quantile.0.975(R)"][i], windows[i].Upper, 0.05);
        }

        differences.AssertNone(output, "uncertain serial interval");
    }

    private delegate Problem? Detector(ReadOnlySpan<double> counts, int first, Span<Score> scores);

    private static double[] Agona() => SharedEpidemicData.Counts("salmonella.agona");

    private static double[] Newport()
    {
        var total = new double[528];
        foreach (var (name, column) in SharedEpidemicData.Columns("surveillance/salmNewport.csv"))
        {
            for (var i = 0; i < total.Length && name is not ("epoch" or "year" or "period"); i++)
                total[i] += column[i];
        }

        return total;
    }

    private static double[] Fixed()
    {
        var means = new double[100];
        Array.Fill(means, 2.5);
        return means;
    }

    private static Score[] Chart(double[] means, double overdispersion) =>
        Run(Agona(), 212, 100, (counts, first, scores) =>
            LikelihoodRatioChart.Detect(counts, first, means, new() { Overdispersion = overdispersion }, scores));

    private static Score[] Run(double[] counts, int first, int length, Detector detector)
    {
        var scores = new Score[length];
        Assert.Null(detector(counts, first, scores));
        return scores;
    }

    private void Compare(string name, Score[] scores, Func<Score, double> value)
    {
        var expected = SharedEpidemicData.Expected(name);
        var differences = new Differences();
        for (var i = 0; i < scores.Length; i++)
        {
            differences.Add($"week {expected["week"][i]}", expected["value"][i], value(scores[i]));
            if (expected.TryGetValue("alarm", out var alarm) && !double.IsNaN(alarm[i]))
                differences.Add($"week {expected["week"][i]} alarm", alarm[i], scores[i].Alarm ? 1 : 0);
        }

        differences.AssertNone(output, name);
    }
}
