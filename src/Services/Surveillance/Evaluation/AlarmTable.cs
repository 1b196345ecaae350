namespace Yunnao.Services.Surveillance.Evaluation;

/// <summary>Which points of which series a detector raised an alarm on, and how that is judged against known outbreaks.</summary>
internal sealed class AlarmTable(int series, int points)
{
    private readonly bool[] _alarm = new bool[series * points];
    private readonly bool[] _outbreak = new bool[series * points];

    /// <summary>Points without alarm after which an alarm is a new one.</summary>
    public int Quiet { get; init; } = 7;

    /// <summary>Points after an outbreak's end that are still its echo.</summary>
    public int Echo { get; init; } = 14;

    public void Set(int row, int point, bool alarm) => _alarm[(row * points) + point] = alarm;

    /// <summary>Finds an outbreak: the first alarm of any of these series from its first to its last case.</summary>
    public void Judge(ReadOnlySpan<int> rows, int start, int end, double ratio, Scorecard card)
    {
        var delay = -1;
        foreach (var row in rows)
        {
            for (var point = Math.Max(0, start); point <= Math.Min(end, points - 1); point++)
            {
                if (!_alarm[(row * points) + point] || (delay >= 0 && point - start >= delay))
                    continue;
                delay = point - start;
                break;
            }

            for (var point = Math.Max(0, start); point <= Math.Min(end + Echo, points - 1); point++)
                _outbreak[(row * points) + point] = true;
        }

        if (delay >= 0)
            card.Found(ratio, delay);
        else
            card.Missed(ratio);
    }

    /// <summary>Looks for alarms on a stretch as long as an outbreak, where there is none; left out where there is one.</summary>
    public void JudgeSham(ReadOnlySpan<int> rows, int start, int end, Scorecard card)
    {
        var alarm = false;
        end = Math.Min(end, points - 1);
        foreach (var row in rows)
        {
            for (var point = start; point <= end; point++)
            {
                if (_outbreak[(row * points) + point])
                    return;
                alarm |= _alarm[(row * points) + point];
            }
        }

        card.Sham(alarm);
    }

    /// <summary>Counts alarms, after all outbreaks were judged.</summary>
    public void Count(double years, Scorecard card)
    {
        card.SeriesYears += series * years;
        for (var row = 0; row < series; row++)
        {
            var last = -Quiet - 1;
            var justified = true;
            for (var point = 0; point < points; point++)
            {
                if (!_alarm[(row * points) + point])
                    continue;
                card.AlarmPoints++;
                if (point - last > Quiet)
                {
                    card.FalseAlarms += justified ? 0 : 1;
                    card.Alarms++;
                    justified = false;
                }

                justified |= _outbreak[(row * points) + point];
                last = point;
            }

            card.FalseAlarms += justified ? 0 : 1;
        }
    }
}
