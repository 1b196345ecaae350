using System.Globalization;
using CsvHelper;
using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Counting;

/// <summary>Reads series of counts from a CSV file.</summary>
public static class CsvSeries
{
    private static readonly string[] Forms = ["yyyy-MM-dd", "yyyy/M/d", "yyyyMMdd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss"];

    /// <summary>
    /// One series a group, in the order of the file. With a count column, dates that are all seven days apart (or multiples of it) make a
    /// weekly series; days and weeks that the file lacks are gaps (NaN), and so are empty counts; a date that comes twice in a group is
    /// refused. Without a count column the rows are cases: days without one count zero. Problems: <c>series.unreadable</c>,
    /// <c>series.malformed</c>, <c>series.column</c>, <c>series.date</c>, <c>series.count</c>, <c>series.duplicate-date</c>, <c>series.empty</c>.
    /// </summary>
    public static Result<List<CountSeries>> Read(SeriesFile file)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(file.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.NotFound, "series.unreadable", "The file cannot be read.", new(file.Path));
        }

        long broken = 0;
        using var csv = CsvReader.Create(content, new CsvReaderOptions
        {
            Separator = ',',
            DetectSeparatorHint = false,
            TrackLineNumbers = true,
            TrimWhitespace = true,
            OnMalformedRecord = record => broken = broken == 0 ? record.LineNumber : broken,
        });
        var series = Read(csv, file);
        return broken == 0 ? series : Malformed(file, broken);
    }

    /// <summary>A date as it may stand in a file, or null.</summary>
    public static DateOnly? Date(string text) =>
        DateTime.TryParseExact(text.Trim(), Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? DateOnly.FromDateTime(time) : null;

    private static Result<List<CountSeries>> Read(CsvReader csv, SeriesFile file)
    {
        var headers = csv.Headers.Select(h => h.Trim('\uFEFF')).ToList();
        foreach (var column in new[] { file.Date, file.Count, file.Group }.OfType<string>().Where(c => !headers.Contains(c)))
            return new Problem(ProblemKind.Incorrect, "series.column", $"There is no column '{column}'; there are {string.Join(", ", headers)}.", new(file.Path));
        var columns = (headers.IndexOf(file.Date), file.Count is null ? -1 : headers.IndexOf(file.Count), file.Group is null ? -1 : headers.IndexOf(file.Group));

        var groups = new Dictionary<string, Dictionary<DateOnly, double>>();
        while (csv.Read())
        {
            if (csv.FieldCount == 1 && csv.GetString(0).Length == 0) continue;
            if (csv.FieldCount != headers.Count) return Malformed(file, csv.LineNumber);
            if (Take(csv, file, columns, groups) is { } problem) return problem with { Where = new(file.Path, csv.LineNumber) };
        }

        return groups.Count == 0
            ? new Problem(ProblemKind.Incorrect, "series.empty", "The file has no rows.", new(file.Path))
            : groups.Select(g => Series(g.Key, g.Value, file.Count is null)).ToList();
    }

    private static Problem Malformed(SeriesFile file, long line) =>
        new(ProblemKind.Incorrect, "series.malformed", "The line has not as many cells as the header, or its quotes are wrong.", new(file.Path, line));

    private static Problem? Take(
        CsvReader csv, SeriesFile file, (int Date, int Count, int Group) columns, Dictionary<string, Dictionary<DateOnly, double>> groups)
    {
        if (Date(csv.GetString(columns.Date)) is not { } day)
            return new Problem(ProblemKind.Incorrect, "series.date", $"'{file.Date}' holds no date; dates are like 2024-12-31.");
        var name = file.Group is null ? "" : csv.GetString(columns.Group);
        if (!groups.TryGetValue(name, out var counts)) groups.Add(name, counts = []);
        if (file.Count is null)
        {
            counts[day] = counts.GetValueOrDefault(day) + 1;
            return null;
        }

        var text = csv.GetString(columns.Count);
        var count = double.NaN;
        if (text is not ("" or "NA") && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out count))
            return new Problem(ProblemKind.Incorrect, "series.count", $"'{file.Count}' holds no number.");
        return counts.TryAdd(day, count)
            ? null
            : new Problem(ProblemKind.Incorrect, "series.duplicate-date", $"{day:yyyy-MM-dd} is there twice; name the column that tells the series apart with --group.");
    }

    private static CountSeries Series(string name, Dictionary<DateOnly, double> counts, bool cases)
    {
        var (first, last) = (counts.Keys.Min(), counts.Keys.Max());
        var weekly = !cases && counts.Count > 1 && counts.Keys.All(d => (d.DayNumber - first.DayNumber) % 7 == 0);
        var step = weekly ? 7 : 1;
        var filled = new double[((last.DayNumber - first.DayNumber) / step) + 1];
        Array.Fill(filled, cases ? 0 : double.NaN);
        foreach (var (day, count) in counts) filled[(day.DayNumber - first.DayNumber) / step] = count;
        return new(name, first, filled, weekly);
    }
}
