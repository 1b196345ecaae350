using CsvHelper;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Analysis;

namespace Yunnao.Services.Surveillance.Counting;

/// <summary>A line list with the contacts between its cases, from two CSV files.</summary>
/// <param name="Cases">Identifiers of the cases, in the order of the file.</param>
/// <param name="Onsets">Day number of each case's onset, NaN where it is empty or <c>NA</c>.</param>
/// <param name="Links">Contacts between cases of the list.</param>
/// <param name="Strangers">Contacts left out because one side is no case of the list.</param>
public sealed record LineList(IReadOnlyList<string> Cases, double[] Onsets, IReadOnlyList<ContactLink> Links, int Strangers)
{
    /// <summary>
    /// Reads both files. Problems: <c>series.unreadable</c>, <c>series.malformed</c>, <c>series.column</c>, <c>series.date</c>,
    /// <c>series.duplicate-case</c>, <c>series.empty</c>.
    /// </summary>
    public static Result<LineList> Read(LineListFiles files)
    {
        var number = new Dictionary<string, int>();
        var onsets = new List<double>();
        if (Rows(files.Cases, [files.Id, files.Onset], cells =>
        {
            if (!number.TryAdd(cells[0], number.Count))
                return new(ProblemKind.Incorrect, "series.duplicate-case", $"The case of this line is there twice in '{files.Id}'.");
            var day = CsvSeries.Date(cells[1]);
            onsets.Add(day?.DayNumber ?? double.NaN);
            return day is null && cells[1] is not ("" or "NA")
                ? new Problem(ProblemKind.Incorrect, "series.date", $"'{files.Onset}' holds no date; dates are like 2024-12-31.")
                : null;
        }) is { } problem)
        {
            return problem;
        }

        if (number.Count == 0) return new Problem(ProblemKind.Incorrect, "series.empty", "The file has no rows.", new(files.Cases));
        var (links, strangers) = (new List<ContactLink>(), 0);
        var failed = Rows(files.Contacts, [files.From, files.To], cells =>
        {
            if (number.TryGetValue(cells[0], out var from) && number.TryGetValue(cells[1], out var to)) links.Add(new(from, to));
            else strangers++;
            return null;
        });
        return failed is null ? new LineList([.. number.Keys], [.. onsets], links, strangers) : failed;
    }

    /// <summary>The contacts whose onsets are known and in order: what a serial interval can be estimated from.</summary>
    public IReadOnlyList<OnsetPair> Pairs() =>
        [.. Links.Where(l => Onsets[l.Infected] > Onsets[l.Infector]).Select(l => OnsetPair.OfDays((int)Onsets[l.Infector], (int)Onsets[l.Infected]))];

    private static Problem? Rows(string path, string[] columns, Func<string[], Problem?> take)
    {
        if (!File.Exists(path)) return new(ProblemKind.NotFound, "series.unreadable", "The file cannot be read.", new(path));
        using var csv = CsvReader.Create(File.ReadAllBytes(path), new CsvReaderOptions { Separator = ',', DetectSeparatorHint = false, TrackLineNumbers = true, TrimWhitespace = true });
        var headers = csv.Headers.Select(h => h.Trim('\uFEFF')).ToList();
        if (columns.FirstOrDefault(c => !headers.Contains(c)) is { } missing)
            return new(ProblemKind.Incorrect, "series.column", $"There is no column '{missing}'; there are {string.Join(", ", headers)}.", new(path));
        var at = columns.Select(c => headers.IndexOf(c)).ToArray();
        while (csv.Read())
        {
            if (csv.FieldCount == 1 && csv.GetString(0).Length == 0) continue;
            if (csv.FieldCount != headers.Count)
                return new(ProblemKind.Incorrect, "series.malformed", "The line has not as many cells as the header, or its quotes are wrong.", new(path, csv.LineNumber));
            if (take([.. at.Select(i => csv.GetString(i))]) is { } problem) return problem with { Where = new(path, csv.LineNumber) };
        }

        return null;
    }
}
