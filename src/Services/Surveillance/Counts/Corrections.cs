namespace Yunnao.Services.Surveillance.Counts;

/// <summary>
/// Takes corrections back to the days that they correct. A source that reports totals to date, or that sends a negative number of
/// new cases, takes cases back without saying from which day: they are taken from the most recent days that have some.
/// </summary>
public static class Corrections
{
    /// <summary>
    /// New cases of each day from totals to date. A missing total (NaN) gives a gap, and the next total counts from the last known
    /// one, all on its day. A total below an earlier one takes cases back from the days before. The first
    /// total counts as new on its day.
    /// </summary>
    public static void FromCumulative(ReadOnlySpan<double> totals, Span<double> counts)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(counts.Length, totals.Length);
        double last = 0;
        for (var day = 0; day < totals.Length; day++)
        {
            counts[day] = totals[day] - last;
            if (!double.IsNaN(totals[day]))
                last = totals[day];
        }

        TakeBack(counts);
    }

    /// <summary>
    /// Makes negative counts zero and takes what they take back from the most recent days before; returns the cases for which no
    /// earlier day had any left.
    /// </summary>
    public static double TakeBack(Span<double> counts)
    {
        double left = 0;
        for (var day = 0; day < counts.Length; day++)
        {
            if (!(counts[day] < 0))
                continue;
            var owed = -counts[day];
            counts[day] = 0;
            for (var before = day - 1; before >= 0 && owed > 0; before--)
            {
                var taken = Math.Min(owed, counts[before] > 0 ? counts[before] : 0);
                counts[before] -= taken > 0 ? taken : 0;
                owed -= taken;
            }

            left += owed;
        }

        return left;
    }
}
