namespace Yunnao.Services.Surveillance.Counting;

/// <summary>Counts a day or a week, without holes in time.</summary>
/// <param name="Name">What is counted, for people.</param>
/// <param name="Start">First day, or the Monday of the first week.</param>
/// <param name="Counts">One a day or week; NaN where nothing is known.</param>
/// <param name="Weekly">True for weeks.</param>
public sealed record CountSeries(string Name, DateOnly Start, double[] Counts, bool Weekly)
{
    /// <summary>Days in a point.</summary>
    public int Step => Weekly ? 7 : 1;

    /// <summary>The last day, or the Monday of the last week.</summary>
    public DateOnly End => DateOf(Counts.Length - 1);

    /// <summary>Day of a point, or Monday of its week.</summary>
    public DateOnly DateOf(int index) => Start.AddDays(index * Step);

    /// <summary>Position of a day; negative or beyond the end outside the series.</summary>
    public int IndexOf(DateOnly day) => (int)Math.Floor((day.DayNumber - Start.DayNumber) / (double)Step);

    /// <summary>The same by ISO weeks (Monday to Sunday). Weeks that are not whole are left out; a week of gaps only is a gap.</summary>
    public CountSeries Weeks()
    {
        if (Weekly) return this;
        var skip = (8 - (int)Start.DayOfWeek) % 7;
        var weeks = new double[Math.Max(0, (Counts.Length - skip) / 7)];
        for (var i = 0; i < weeks.Length; i++)
        {
            var present = Counts.AsSpan(skip + (i * 7), 7).ToArray().Where(c => !double.IsNaN(c)).ToArray();
            weeks[i] = present.Length == 0 ? double.NaN : present.Sum();
        }

        return new(Name, Start.AddDays(skip), weeks, true);
    }

    /// <summary>Sums of the seven points that end at each point from the seventh on, for curves over days.</summary>
    public double[] SevenDaySums()
    {
        var sums = new double[Counts.Length];
        for (var i = 0; i < sums.Length; i++)
        {
            for (var back = 0; back < 7 && back <= i; back++)
            {
                if (!double.IsNaN(Counts[i - back])) sums[i] += Counts[i - back];
            }
        }

        return sums;
    }
}
