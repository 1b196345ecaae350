using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Gathers the reference points of <see cref="ReferenceOptions"/>.</summary>
internal static class Reference
{
    public static Problem? Check(ReadOnlySpan<double> counts, int first, ReferenceOptions options, int length)
    {
        if (options.Years < 0 || (options.Years == 0 && !options.CurrentYear))
            return Series.BadOption(nameof(options.Years), "one or more when the current year is left out, else zero or more");
        if (options.HalfWindow < 1)
            return Series.BadOption(nameof(options.HalfWindow), "at least 1");
        if (options.Frequency < 1 || (options.Years > 0 && options.Frequency <= 2 * options.HalfWindow))
            return Series.BadOption(nameof(options.Frequency), "more than twice the half window");
        if (options.Alpha is not (> 0 and < 1))
            return Series.BadOption(nameof(options.Alpha), "between 0 and 1");
        return Series.Check(counts, first, length);
    }

    /// <summary>Largest number of points that <see cref="Gather"/> writes.</summary>
    public static int Capacity(ReferenceOptions options) => ((2 * options.HalfWindow) + 1) * (options.Years + 1);

    /// <summary>
    /// Writes the present reference points and returns how many; −1 when a window reaches before the start of the series.
    /// </summary>
    public static int Gather(ReadOnlySpan<double> counts, int at, ReferenceOptions options, Span<double> into)
    {
        var n = 0;
        for (var year = options.Years; year >= 1; year--)
        {
            var centre = at - (year * options.Frequency);
            if (centre - options.HalfWindow < 0)
                return -1;
            n += Copy(counts.Slice(centre - options.HalfWindow, (2 * options.HalfWindow) + 1), into[n..]);
        }

        if (!options.CurrentYear)
            return n;
        if (at - options.HalfWindow < 0)
            return -1;
        return n + Copy(counts.Slice(at - options.HalfWindow, options.HalfWindow), into[n..]);
    }

    private static int Copy(ReadOnlySpan<double> from, Span<double> into)
    {
        var n = 0;
        foreach (var value in from)
        {
            if (!double.IsNaN(value))
                into[n++] = value;
        }

        return n;
    }
}
