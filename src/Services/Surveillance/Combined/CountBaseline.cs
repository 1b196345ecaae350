using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Combined;

/// <summary>
/// The expected counts of a series and their uncertainty, learnt from whole weeks before the scored ones. Few cases give a simple
/// baseline: season and trend enter only when there are years and cases enough to tell them from chance.
/// </summary>
internal sealed class CountBaseline
{
    private const int MostSlopes = 5;
    private const double OutbreakResidual = 2.58;

    /// <summary>Relative change of the deviance at which the season is known well within its error: the step after it is a thousandth of that.</summary>
    private const double Tolerance = 1e-5;

    /// <summary>Trend, two harmonics, and a zero that takes the last place where there is no trend.</summary>
    private const int DesignRow = MostSlopes + 1;

    /// <summary>Cases by which the recent level is drawn towards the season's, and a weekday towards the mean day.</summary>
    private const double LevelPrior = 4;
    private const double WeekdayPrior = 20;

    /// <summary>Squared relative error of a forecast before the series has shown its own, and the squared cases it weighs.</summary>
    private const double ErrorPrior = 0.05;
    private const double ErrorPriorWeight = 100;

    private readonly CombinedOptions _options;
    private readonly LogLinearFit _fit;
    private readonly double[] _residuals;
    private readonly double[] _cases;
    private readonly double[] _mean;
    private readonly double[] _level;
    private readonly double[] _weekday;
    private readonly double[] _ahead;
    private readonly double[] _design;
    private readonly double[] _designAhead;
    private readonly double _discount;
    private readonly int _lag;
    private int _weeks;
    private int _slopes;
    private (int Weeks, int Trend) _filled;
    private bool _gaps;
    private int _end;
    private int _aheadStart;
    private double _total;
    private double _lowest;
    private double _highest;
    private double _dispersion;
    private double _relativeVariance;

    public CountBaseline(CombinedOptions options)
    {
        _options = options;
        var weeks = (int)Math.Ceiling(options.Years * options.Year / options.Block);
        _fit = new LogLinearFit(weeks, levels: 1, MostSlopes) { Tolerance = Tolerance };
        _residuals = new double[weeks];
        _cases = new double[weeks];
        _mean = new double[weeks];
        _level = new double[weeks + 1];
        _weekday = new double[options.Block];
        _ahead = new double[options.Windows[^1] + options.Block];
        _design = new double[weeks * DesignRow];
        for (var week = 0; week < weeks; week++)
            FillDesign((week + 0.5) * -options.Block, _design.AsSpan(week * DesignRow, DesignRow));
        _designAhead = new double[_ahead.Length * DesignRow];
        for (var i = 0; i < _ahead.Length; i++)
            FillDesign(options.Guard - options.Windows[^1] + i + 0.5, _designAhead.AsSpan(i * DesignRow, DesignRow));
        _discount = Math.Pow(0.5, 1 / options.HalfLife);
        _lag = (options.Guard + options.Block - 1) / options.Block;
    }

    /// <summary>
    /// Learns from the weeks before <paramref name="origin"/> less the guard; false when there are too few. Afterwards
    /// <see cref="Mean"/> answers for the points of the longest window up to the end of the week that starts at the origin.
    /// </summary>
    public bool Fit(ReadOnlySpan<double> counts, int origin)
    {
        _end = origin - _options.Guard;
        _weeks = Math.Min(_cases.Length, _end / _options.Block);
        if (_weeks < _options.MinimumWeeks || !Gather(counts))
            return false;
        Season();
        Weekdays(counts);
        var level = Level();
        Forecasts();
        LookAhead(origin, level);
        return true;
    }

    /// <summary>Expected count of a point.</summary>
    public double Mean(int at) => _ahead[at - _aheadStart];

    /// <summary>Size of the negative binomial law of a window with the given expected count.</summary>
    public double Size(double expected) => 1 / (_relativeVariance + ((_dispersion - 1) / expected));

    /// <summary>Weekly cases, most recent week first; a week with gaps is scaled up, one with under half its points is NaN.</summary>
    private bool Gather(ReadOnlySpan<double> counts)
    {
        _total = 0;
        _highest = 0;
        var present = 0;
        for (var week = 0; week < _weeks; week++)
        {
            var sum = Sum(counts.Slice(_end - ((week + 1) * _options.Block), _options.Block), out var points);
            _cases[week] = 2 * points > _options.Block ? sum * _options.Block / points : double.NaN;
            present += double.IsNaN(_cases[week]) ? 0 : 1;
            _total += sum;
            _highest = Math.Max(_highest, double.IsNaN(_cases[week]) ? 0 : _cases[week]);
        }

        _lowest = 0.5 / Math.Max(1, present);
        _highest = Math.Max(_highest, 1);
        _gaps = present < _weeks;
        return present >= _options.MinimumWeeks;
    }

    private static double Sum(ReadOnlySpan<double> counts, out int points)
    {
        double sum = 0;
        foreach (var count in counts)
            sum += count;
        points = counts.Length;
        if (!double.IsNaN(sum))
            return sum;
        (sum, points) = (0, 0);
        foreach (var count in counts)
        {
            if (double.IsNaN(count))
                continue;
            sum += count;
            points++;
        }

        return sum;
    }

    /// <summary>Weekly means of season and trend, by a quasi-Poisson regression that down-weights earlier outbreaks.</summary>
    private void Season()
    {
        var years = _weeks * _options.Block / _options.Year;
        var harmonics = years < 1 || _total < 30 ? 0 : years < 2 || _total < 200 ? 1 : 2;
        var trend = years >= 3 && _total >= 30 ? 1 : 0;
        _slopes = (2 * harmonics) + trend;
        if (_slopes > 0 && Regress())
            return;
        _slopes = 0;
        var present = _cases.AsSpan(0, _weeks).Count(double.NaN);
        _mean.AsSpan(0, _weeks).Fill((_total + 0.5) / (_weeks - present));
    }

    private bool Regress()
    {
        FillRows();
        _fit.Slopes = _slopes;
        if (!FarringtonFit.Fit(_fit, reweight: true, OutbreakResidual, _residuals, out _, quick: true))
            return false;
        var row = 0;
        for (var week = 0; week < _weeks; week++)
        {
            if (double.IsNaN(_cases[week]))
                _mean[week] = SeasonAt(Row(_design, week));
            else
                _mean[week] = Math.Clamp(_fit.Mean[row++], _lowest, _highest);
        }

        return double.IsFinite(_fit.Predict(0, Row(_design, _weeks - 1)).Eta);
    }

    /// <summary>The weeks as rows; those of a series without gaps differ from the one before in their counts only.</summary>
    private void FillRows()
    {
        var rows = _gaps ? default : (_weeks, _slopes % 2);
        if (!_gaps && rows == _filled)
        {
            _fit.Replace(_cases);
            return;
        }

        _filled = rows;
        _fit.Clear();
        for (var week = 0; week < _weeks; week++)
        {
            if (!double.IsNaN(_cases[week]))
                _fit.Add(_cases[week], 0, Row(_design, week));
        }
    }

    /// <summary>
    /// Weekly mean of season and trend at a row of the design, never below half a case in all weeks nor above the highest week seen: a
    /// series with one burst can drive a regression anywhere between its points.
    /// </summary>
    private double SeasonAt(ReadOnlySpan<double> x) =>
        _slopes == 0 ? _mean[0] : Math.Clamp(Math.Exp(_fit.Predict(0, x).Eta), _lowest, _highest);

    /// <summary>The slopes of a row in use: with the trend or without it.</summary>
    private ReadOnlySpan<double> Row(double[] design, int row) => design.AsSpan((row * DesignRow) + 1 - (_slopes % 2), MostSlopes);

    /// <summary>
    /// Years to the end of the baseline and harmonics of the year around it: the same for every series, because both are counted from there.
    /// </summary>
    private void FillDesign(double pointsAfterEnd, Span<double> x)
    {
        var years = pointsAfterEnd / _options.Year;
        var (sin, cos) = Math.SinCos(2 * Math.PI * years);
        (x[0], x[1], x[2], x[3], x[4]) = (Math.Min(0, years), sin, cos, 2 * sin * cos, (cos * cos) - (sin * sin));
    }

    /// <summary>
    /// Share of each point of the week, and the dispersion of the days within their week: given the week's cases, days without
    /// clusters are a multinomial draw.
    /// </summary>
    private void Weekdays(ReadOnlySpan<double> counts)
    {
        var block = _options.Block;
        _dispersion = 1;
        _weekday.AsSpan().Fill(1.0 / block);
        if (block == 1)
            return;
        var weeks = Math.Min(_weeks, 104);
        _weekday.AsSpan().Fill(WeekdayPrior);
        for (var week = 0; week < weeks; week++)
        {
            if (!(_cases[week] > 0))
                continue;
            for (var day = 0; day < block; day++)
                _weekday[day] += Math.Min(Present(counts, week, day), (3 * _mean[week] / block) + 3);
        }

        double sum = 0;
        foreach (var share in _weekday)
            sum += share;
        for (var day = 0; day < block; day++)
            _weekday[day] /= sum;
        double squares = 10 * (block - 1), freedom = squares;
        for (var week = 0; week < weeks; week++)
        {
            if (!(_cases[week] > 0))
                continue;
            for (var day = 0; day < block; day++)
            {
                var expected = _cases[week] * _weekday[day];
                var gap = Present(counts, week, day) - expected;
                squares += Math.Min(gap * gap / expected, 10);
            }

            freedom += block - 1;
        }

        _dispersion = Math.Max(1, squares / freedom);
    }

    private double Present(ReadOnlySpan<double> counts, int week, int day)
    {
        var count = counts[_end - ((week + 1) * _options.Block) + day];
        return double.IsNaN(count) ? _cases[week] * _weekday[day] : count;
    }

    /// <summary>
    /// The recent level: discounted cases over discounted season, outbreak weeks cut to what chance allows. Leaves in _level the
    /// level that was known at the end of each week.
    /// </summary>
    private double Level()
    {
        double cases = 0, season = 0;
        _level[_weeks] = 1;
        for (var week = _weeks - 1; week >= 0; week--)
        {
            cases *= _discount;
            season *= _discount;
            if (!double.IsNaN(_cases[week]))
            {
                cases += Cut(_cases[week], _mean[week] * _level[week + 1]);
                season += _mean[week];
            }

            _level[week] = (cases + LevelPrior) / (season + LevelPrior);
        }

        return _level[0];
    }

    /// <summary>A count, or the most that chance allows where it is above: a root only for a count above the expected one.</summary>
    private double Cut(double count, double expected) =>
        count <= Math.Max(expected, 1)
            ? count
            : Math.Min(count, Math.Max(1, expected + (OutbreakResidual * Math.Sqrt((_dispersion * expected) + (ErrorPrior * expected * expected)))));

    /// <summary>The squared relative error of forecasts as far ahead as the guard makes them, over the last two years.</summary>
    private void Forecasts()
    {
        double squares = ErrorPrior * ErrorPriorWeight, weight = ErrorPriorWeight;
        var last = Math.Min(_weeks - _lag - 1, 104);
        for (var week = 0; week < last; week++)
        {
            if (double.IsNaN(_cases[week]))
                continue;
            var expected = _mean[week] * _level[week + 1 + _lag];
            var most = OutbreakResidual * Math.Sqrt((_dispersion * expected) + (ErrorPrior * expected * expected));
            var error = Math.Min(Math.Abs(_cases[week] - expected), most);
            squares += (error * error) - (_dispersion * expected);
            weight += expected * expected;
        }

        _relativeVariance = Math.Max(squares / weight, ErrorPrior / 10) + (1 / (_total + 0.5));
    }

    private void LookAhead(int origin, double level)
    {
        _aheadStart = origin - _options.Windows[^1];
        var block = _options.Block;
        for (var i = 0; i < _ahead.Length; i++)
        {
            var at = _aheadStart + i;
            var day = (((at - _end) % block) + block) % block;
            _ahead[i] = level * SeasonAt(Row(_designAhead, i)) * _weekday[day];
        }
    }
}
