using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>The one place where the methods that watch a series are chosen and set.</summary>
public static class DetectorPanel
{
    private const double UpperTail = 0.01;

    private static readonly EarsOptions Ears7 = new() { MinimumSigma = 0.5 };

    /// <summary>The settings of the combined detector for a series.</summary>
    public static CombinedOptions CombinedFor(CountSeries series) => series.Weekly ? CombinedOptions.Weekly : CombinedOptions.Daily;

    /// <summary>
    /// Scores points of a series by one method, by its name (<see cref="DetectorNames.All"/>). Points for which the series is too short
    /// have no upper bound. Problems: those of the method; <c>surveillance.unknown-method</c>.
    /// </summary>
    public static Result<Score[]> Score(string method, CountSeries series, int first)
    {
        var scores = new Score[series.Counts.Length - first];
        var problem = method switch
        {
            DetectorNames.Combined => Combined(series, first, scores),
            DetectorNames.MovingPercentile => MovingPercentile.Detect(series.Counts, first, MovingPercentileOf(series), scores),
            DetectorNames.FarringtonFlexible => ByWeeks(series, first, scores, Flexible),
            DetectorNames.Farrington => ByWeeks(series, first, scores, Original),
            DetectorNames.EarsC1 => Ears.C1(series.Counts, first, Ears7, scores),
            DetectorNames.EarsC2 => Ears.C2(series.Counts, first, Ears7, scores),
            DetectorNames.EarsC3 => Ears.C3(series.Counts, first, Ears7 with { Alpha = 0.025 }, scores),
            DetectorNames.Bayes => BayesDetector.Detect(series.Counts, first, new() { Frequency = PointsOfYear(series) }, scores),
            DetectorNames.Rki => Rki.Detect(series.Counts, first, new() { Frequency = PointsOfYear(series) }, scores),
            DetectorNames.Cusum => Cusum.Detect(series.Counts, first, new(), scores),
            DetectorNames.Ewma => Ewma.Detect(series.Counts, first, new(), scores),
            DetectorNames.Shewhart => Shewhart.Detect(series.Counts, [], first, new(), scores),
            DetectorNames.Serfling => Serfling.Detect(series.Counts, first, new() { Frequency = series.Weekly ? 365.25 / 7 : 365.25 }, scores),
            DetectorNames.OutbreakP => OutbreakP.Detect(series.Counts, first, new(), scores),
            DetectorNames.LikelihoodRatio => PublishedDetectors.LikelihoodRatio(series.Counts, first, new() { Frequency = PointsOfYear(series) }, scores),
            DetectorNames.LikelihoodRatioNegativeBinomial =>
                PublishedDetectors.LikelihoodRatio(series.Counts, first, new() { Frequency = PointsOfYear(series), Overdispersed = true }, scores),
            _ => new Problem(ProblemKind.Incorrect, "surveillance.unknown-method", $"There is no method '{method}'; there are {string.Join(", ", DetectorNames.All)}."),
        };
        return problem is null ? scores : problem;
    }

    /// <summary>The classical methods that raise an alarm at a point of a series.</summary>
    public static IEnumerable<string> Agreeing(CountSeries series, int at)
    {
        var until = series with { Counts = series.Counts[..(at + 1)] };
        return DetectorNames.OfSeries.Where(m => m != DetectorNames.Combined && Score(m, until, at).Try(out var scores, out _) && scores[0].Alarm);
    }

    /// <summary>The count that the combined detector's baseline expects at each point from <paramref name="first"/>; NaN without a baseline.</summary>
    public static Result<double[]> Expected(CountSeries series, int first)
    {
        if (!CombinedDetector.Create(CombinedFor(series)).Try(out var detector, out var problem)) return problem;
        var evidence = new Evidence[series.Counts.Length - first];
        return detector.Detect(series.Counts, first, evidence) is { } refused ? refused : evidence.Select(e => e.Expected).ToArray();
    }

    /// <summary>The count that one window in a hundred without an outbreak exceeds.</summary>
    internal static double Upper(WindowScore window) => window.Upper(UpperTail);

    private static int PointsOfYear(CountSeries series) => series.Weekly ? 52 : 365;

    private static MovingPercentileOptions MovingPercentileOf(CountSeries series) => series.Weekly
        ? new() { Window = 1, Step = 1, Calendar = Calendar.WeeksFrom(series.Start), MinimumCases = 2 }
        : new() { Calendar = Calendar.DaysFrom(series.Start), MinimumCases = 2 };

    private static Problem? Combined(CountSeries series, int first, Span<Score> scores)
    {
        if (!CombinedDetector.Create(CombinedFor(series)).Try(out var detector, out var problem)) return problem;
        var evidence = new Evidence[scores.Length];
        if (detector.Detect(series.Counts, first, evidence) is { } refused) return refused;
        var ranking = new RankingOptions();
        for (var i = 0; i < scores.Length; i++)
        {
            var score = evidence[i].ToScore(ranking.MaximumPValue);
            scores[i] = score with { Alarm = score.Alarm && evidence[i].Cases >= ranking.MinimumCases };
        }

        return null;
    }

    /// <summary>Daily counts are judged by the weeks that end on each day.</summary>
    private static Problem? ByWeeks(CountSeries series, int first, Span<Score> scores, ScoreWeeks judge)
    {
        if (series.Weekly) return judge(series.Counts, series.Start, first, scores);
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var weeks = new double[(at + 1) / 7];
            var skip = at + 1 - (weeks.Length * 7);
            for (var day = 0; day < weeks.Length * 7; day++)
            {
                if (!double.IsNaN(series.Counts[skip + day])) weeks[day / 7] += series.Counts[skip + day];
            }

            if (weeks.Length == 0)
            {
                scores[i] = new(at, series.Counts[at], double.NaN, double.NaN, false, double.NaN);
                continue;
            }

            if (judge(weeks, series.DateOf(skip), weeks.Length - 1, scores.Slice(i, 1)) is { } problem) return problem;
            scores[i] = scores[i] with { Index = at };
        }

        return null;
    }

    private static Problem? Flexible(ReadOnlySpan<double> weeks, DateOnly start, int first, Span<Score> scores)
    {
        var defaults = new FarringtonFlexibleOptions();
        return FarringtonFlexible.Detect(
            weeks, first, defaults with { Years = Years(weeks.Length, defaults.HalfWindow, defaults.Years), Calendar = Calendar.WeeksFrom(start) }, scores);
    }

    private static Problem? Original(ReadOnlySpan<double> weeks, DateOnly start, int first, Span<Score> scores)
    {
        var defaults = new FarringtonOptions();
        return Farrington.Detect(
            weeks, first, defaults with { Years = Years(weeks.Length, defaults.HalfWindow, defaults.Years), Calendar = Calendar.WeeksFrom(start) }, scores);
    }

    /// <summary>As many earlier years as there are; a baseline that reaches before the series gives no bound.</summary>
    private static int Years(int weeks, int halfWindow, int most) => Math.Clamp((weeks - halfWindow - 1) / 53, 1, most);

    private delegate Problem? ScoreWeeks(ReadOnlySpan<double> weeks, DateOnly start, int first, Span<Score> scores);
}
