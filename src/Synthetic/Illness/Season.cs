using Yunnao.Synthetic.Chance;

namespace Yunnao.Synthetic.Illness;

/// <summary>How the cases of a disease are spread over the months of the period.</summary>
internal sealed class Season
{
    private readonly Weighted<DateOnly> _months;
    private readonly DateOnly _end;

    /// <param name="factors">One factor a month of the year, around 1.</param>
    /// <param name="end">The day after the last day of the period.</param>
    public Season(IReadOnlyList<double> factors, DateOnly start, DateOnly end)
    {
        var months = new List<(DateOnly, double)>();
        for (var month = start; month < end; month = month.AddMonths(1)) months.Add((month, factors[month.Month - 1]));
        _months = new(months);
        _end = end;
        Years = months.Sum(m => m.Item2) / factors.Sum();
    }

    /// <summary>The period's share of a year's cases; 1 for any twelve months.</summary>
    public double Years { get; }

    public DateTime Draw(Dice dice)
    {
        var month = _months.Draw(dice);
        var after = month.AddMonths(1) < _end ? month.AddMonths(1) : _end;
        return month.AddDays(dice.Below(after.DayNumber - month.DayNumber)).ToDateTime(new TimeOnly(dice.Below(24), dice.Below(60)));
    }
}
