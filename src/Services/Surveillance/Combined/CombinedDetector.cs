using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Combined;

/// <summary>
/// Our own detector of outbreaks in one series of counts. The expected count is a log-linear season and trend, learnt from earlier
/// years with outbreaks down-weighted, times a weekday pattern, times the recent level; its error is measured on the series' own
/// past forecasts. The cases of several windows that end at the scored point are judged by negative binomial tails, and their
/// p-values are combined. Season and down-weighting: Noufaily et al. (2013), Statistics in Medicine 32:1206–1222; the discounted
/// level: Smith, Miller (1986), Journal of the Royal Statistical Society B 48:79–88; the combination: Liu, Xie (2020).
/// One instance is a workspace for one thread; it is reused from series to series without allocating.
/// </summary>
public sealed class CombinedDetector
{
    private readonly CombinedOptions _options;
    private readonly CountBaseline _baseline;

    private CombinedDetector(CombinedOptions options)
    {
        _options = options;
        _baseline = new CountBaseline(options);
    }

    /// <summary>A detector with its workspace; refused when an option is out of range.</summary>
    public static Result<CombinedDetector> Create(CombinedOptions options) =>
        options.Check() is { } problem ? problem : new CombinedDetector(options);

    /// <summary>
    /// Scores <paramref name="evidence"/>.Length points from <paramref name="first"/>, each by the points before it only. A gap is
    /// NaN, is left out of windows and baseline, and has no p-value itself.
    /// </summary>
    public Problem? Detect(ReadOnlySpan<double> counts, int first, Span<Evidence> evidence)
    {
        if (Series.Check(counts, first, evidence.Length) is { } problem)
            return problem;
        var fitted = -1;
        var usable = false;
        for (var i = 0; i < evidence.Length; i++)
        {
            var at = first + i;
            var origin = at - (at % _options.Block);
            if (origin != fitted)
            {
                usable = _baseline.Fit(counts, origin);
                fitted = origin;
            }

            evidence[i] = usable && !double.IsNaN(counts[at]) ? ScoreOne(counts, at) : Evidence.None(at, counts[at]);
        }

        return null;
    }

    private Evidence ScoreOne(ReadOnlySpan<double> counts, int at)
    {
        var windows = default(WindowScores);
        double observed = 0, expected = 0;
        var window = 0;
        var longest = _options.Windows[^1];
        for (var back = 0; back < longest && back <= at; back++)
        {
            var count = counts[at - back];
            if (!double.IsNaN(count))
            {
                observed += count;
                expected += _baseline.Mean(at - back);
            }

            if (back + 1 == _options.Windows[window])
                windows[window++] = WindowScore.Of(back + 1, observed, expected, _baseline.Size(expected));
        }

        var p = CountTail.Cauchy(((ReadOnlySpan<WindowScore>)windows)[..window]);
        return new Evidence(at, counts[at], _baseline.Mean(at), p, windows, window);
    }
}
