namespace Yunnao.Services.Surveillance.Evaluation;

/// <summary>What a detector achieved over many series with known outbreaks.</summary>
/// <param name="name">Name of the detector.</param>
public sealed class Scorecard(string name)
{
    private readonly List<(double Ratio, int Delay)> _outbreaks = [];

    public string Name => name;

    /// <summary>Points with an alarm.</summary>
    public long AlarmPoints { get; internal set; }

    /// <summary>Runs of alarm points of one series, with less than the quiet time between them.</summary>
    public long Alarms { get; internal set; }

    /// <summary>Alarms in whose run, and the memory after an outbreak, there is no outbreak.</summary>
    public long FalseAlarms { get; internal set; }

    /// <summary>Alarms after those of one outbreak in several series are made one; equal to <see cref="Alarms"/> where nothing does that.</summary>
    public long Joined { get; internal set; }

    /// <summary>Years of all series that were judged.</summary>
    public double SeriesYears { get; internal set; }

    /// <summary>Stretches as long as an outbreak, in the same series but without one, and how many of them had an alarm.</summary>
    public int Shams { get; private set; }

    public int ShamAlarms { get; private set; }

    /// <summary>
    /// The sensitivity that chance alone gives: the share of <see cref="Shams"/> with an alarm. A detector that alarms often finds
    /// every outbreak, and finds this many that are not there.
    /// </summary>
    public double ChanceSensitivity => ShamAlarms / (double)Shams;

    /// <summary>Adds what the same detector achieved elsewhere.</summary>
    internal void Add(Scorecard other)
    {
        _outbreaks.AddRange(other._outbreaks);
        AlarmPoints += other.AlarmPoints;
        Alarms += other.Alarms;
        FalseAlarms += other.FalseAlarms;
        Joined += other.Joined;
        SeriesYears += other.SeriesYears;
        Shams += other.Shams;
        ShamAlarms += other.ShamAlarms;
    }

    internal void Sham(bool alarm)
    {
        Shams++;
        ShamAlarms += alarm ? 1 : 0;
    }

    internal void Found(double ratio, int delay) => _outbreaks.Add((ratio, delay));

    internal void Missed(double ratio) => _outbreaks.Add((ratio, -1));

    /// <summary>Outbreaks whose cases were from <paramref name="least"/> up to <paramref name="below"/> times the expected ones.</summary>
    public int Outbreaks(double least = 0, double below = double.PositiveInfinity) => _outbreaks.Count(o => o.Ratio >= least && o.Ratio < below);

    /// <summary>Share of these outbreaks with an alarm between their first and last case.</summary>
    public double Sensitivity(double least = 0, double below = double.PositiveInfinity) =>
        _outbreaks.Count(o => o.Ratio >= least && o.Ratio < below && o.Delay >= 0) / (double)Outbreaks(least, below);

    /// <summary>Median of the points from first case to first alarm, over the outbreaks found; NaN when none was.</summary>
    public double MedianDelay(double least = 0, double below = double.PositiveInfinity)
    {
        var delays = _outbreaks.Where(o => o.Ratio >= least && o.Ratio < below && o.Delay >= 0).Select(o => o.Delay).Order().ToList();
        return delays.Count == 0 ? double.NaN : (delays[(delays.Count - 1) / 2] + delays[delays.Count / 2]) / 2.0;
    }

    /// <summary>False alarms a year for each series.</summary>
    public double FalseAlarmsPerYear => FalseAlarms / SeriesYears;
}
