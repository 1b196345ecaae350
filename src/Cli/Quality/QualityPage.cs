using System.Globalization;
using System.Text.Json;
using Yunnao.Formats.Xlsx;
using Yunnao.Kernel;
using Yunnao.Reports;
using Yunnao.Services.Quality;
using Yunnao.Standards;

namespace Yunnao.Cli.Quality;

/// <summary>A quality report in its forms: on the terminal, as a page, as a workbook, as JSON.</summary>
internal sealed class QualityPage(QualityReport report, Registry registry, Terminal terminal)
{
    private const int MostOnPage = 100;

    // A month with less than this part of the rows of the largest is not drawn.
    private const int LeastOfLargest = 1000;

    private readonly Text _text = terminal.Text;

    private string Language => _text.Language;

    /// <param name="most">Measures to show.</param>
    public void Print(int most)
    {
        terminal.Print(Head());
        foreach (var (heading, table) in Tables(most))
        {
            terminal.Print();
            terminal.Print(_text[heading]);
            terminal.Print(table);
        }
    }

    /// <summary>Writes the form that the ending of the name asks for. Problems: <c>quality.kind</c>, <c>report.unwritable</c>, and those of PDF.</summary>
    public Problem? Save(string file, ReportFont font)
    {
        try
        {
            switch (Path.GetExtension(file).ToLowerInvariant())
            {
                case ".html" or ".htm":
                    File.WriteAllText(file, HtmlReport.Write(Document(), font));
                    return null;
                case ".pdf":
                    return PdfReport.Save(Document(), file, font);
                case ".json":
                    using (var stream = File.Create(file)) WriteJson(stream);
                    return null;
                case ".xlsx":
                    using (var stream = File.Create(file))
                        XlsxWriter.Write(stream, [.. Tables(int.MaxValue).Select(t => new XlsxSheet(_text[t.Heading], [.. t.Table.Headers.Select(h => new XlsxColumn(h))], t.Table.Rows))]);
                    return null;
                default:
                    return new(ProblemKind.Incorrect, "quality.kind", "A quality report is a .html, .pdf, .xlsx or .json file.", new(file));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(ProblemKind.Unavailable, "report.unwritable", "The file cannot be written.", new(file));
        }
    }

    private string Head() => _text.Format(
        "quality.head", Percent(report.Total.Total), report.Total.Accepted, report.Total.Quarantined,
        string.Join(", ", report.Dimensions.Where(d => report.Total.Dimensions.ContainsKey(d.Id)).Select(d => $"{d.Name.In(Language)} {Percent(report.Total.Dimensions[d.Id])}")));

    private IEnumerable<(string Heading, Listing Table)> Tables(int most)
    {
        yield return ("quality.institutions", Scores("quality.column.institution", report.Institutions));
        yield return ("quality.data-sets", Scores("quality.column.data-set", report.DataSets));
        yield return ("quality.months", Scores("quality.column.month", report.Months));
        yield return ("quality.measures", Measures(most));
    }

    private Listing Scores(string key, IReadOnlyList<QualityScore> scores)
    {
        var named = scores.Any(s => NameOf(s).Length > 0);
        var listing = new Listing([
            _text[key], .. named ? [_text["name"]] : Array.Empty<string>(), _text["quality.column.score"], .. report.Dimensions.Select(d => d.Name.In(Language)), _text["quality.column.accepted"], _text["quality.column.quarantined"]]);
        foreach (var s in scores)
        {
            listing.Add([
                Key(s.Key), .. named ? [NameOf(s)] : Array.Empty<string>(), Percent(s.Total), .. report.Dimensions.Select(d => s.Dimensions.TryGetValue(d.Id, out var score) ? Percent(score) : "–"), Whole(s.Accepted), Whole(s.Quarantined)]);
        }

        return listing;
    }

    private Listing Measures(int most)
    {
        var dimensions = report.Dimensions.ToDictionary(d => d.Id, d => d.Name.In(Language), StringComparer.Ordinal);
        var listing = new Listing(
            _text["quality.column.data-set"], _text["quality.column.measure"], _text["name"], _text["quality.dimension"], _text["quality.weight"], _text["quality.column.checked"],
            _text["quality.column.failed"], _text["quality.column.rate"], _text["quality.column.worst"]);
        foreach (var m in report.Measures.Where(m => m.Failed > 0 || most == int.MaxValue).Take(most))
        {
            listing.Add(
                Key(m.DataSet), m.Measure, m.Name.In(Language), dimensions.GetValueOrDefault(m.Dimension, m.Dimension), m.Weight.ToString(CultureInfo.InvariantCulture),
                Whole(m.Checked), Whole(m.Failed), Percent(m.Rate), m.Failed == 0 ? "" : Key(m.Worst));
        }

        return listing;
    }

    private ReportDocument Document()
    {
        var blocks = new List<ReportBlock> { ReportBlock.Text(Head()) };
        if (Shown().Count > 1) blocks.Add(ReportBlock.Of(Trend()));
        foreach (var (heading, table) in Tables(MostOnPage))
        {
            blocks.Add(ReportBlock.Head(_text[heading]));
            blocks.Add(ReportBlock.Of(new ReportTable(table.Headers, [.. table.Headers.Select((_, i) => i is 0 or 1 or 2 && table.Headers.Count == 9 ? 2.5 : i == 1 ? 2.0 : 1.0)], [.. table.Rows])));
        }

        blocks.Add(ReportBlock.Text(_text["quality.method"]));
        return new(Language, _text["quality.title"], Subtitle(), blocks);
    }

    /// <summary>The months of the picture: single records with a date long ago, and months of loading in which nothing happened, are left out.</summary>
    private List<QualityScore> Shown()
    {
        var least = Math.Max(1, report.Months.Select(m => m.Accepted).DefaultIfEmpty(0).Max() / LeastOfLargest);
        return [.. report.Months.Where(m => m.Accepted >= least)];
    }

    private string Subtitle() => string.Join(" · ", new[]
    {
        report.Filter.Institution, report.Filter.DataSet,
        Shown() is [var first, ..] shown ? $"{first.Key[..7]} – {shown[^1].Key[..7]}" : null,
    }.OfType<string>());

    private Curve Trend()
    {
        var shown = Shown();
        var months = shown.Select(m => DateOnly.Parse(m.Key, CultureInfo.InvariantCulture)).ToList();
        CurveLine[] lines =
        [
            Line(_text["quality.column.score"], m => m.Total),
            .. report.Dimensions.Where(d => report.Total.Dimensions.ContainsKey(d.Id)).Select(d => Line(d.Name.In(Language), m => m.Dimensions.GetValueOrDefault(d.Id, double.NaN))),
        ];

        // Most scores are near 100: the axis begins at the five below the lowest, so that months differ to the eye.
        var lowest = lines.SelectMany(l => l.Values).Where(double.IsFinite).DefaultIfEmpty(0).Min();
        var low = Math.Min(95, 5 * Math.Floor(lowest / 5));
        return new(_text["quality.trend"], "%", lines, Range: (low, 100 + ((100 - low) * .04)));

        CurveLine Line(string name, Func<QualityScore, double> of) => new(name, CurveStyle.Line, months, [.. shown.Select(m => 100 * of(m))]);
    }

    private void WriteJson(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("from", report.Months.Count == 0 ? null : report.Months[0].Key[..7]);
        json.WriteString("to", report.Months.Count == 0 ? null : report.Months[^1].Key[..7]);
        json.WriteString("institution", report.Filter.Institution);
        json.WriteString("data_set", report.Filter.DataSet);
        json.WritePropertyName("total");
        Write(json, report.Total, null);
        foreach (var (name, key, scores) in new[] { ("institutions", "institution", report.Institutions), ("data_sets", "data_set", report.DataSets), ("months", "month", report.Months) })
        {
            json.WriteStartArray(name);
            foreach (var score in scores) Write(json, score, key);
            json.WriteEndArray();
        }

        json.WriteStartArray("measures");
        foreach (var m in report.Measures)
        {
            json.WriteStartObject();
            json.WriteString("data_set", m.DataSet);
            json.WriteString("measure", m.Measure);
            json.WriteString("name_zh", m.Name.Zh);
            json.WriteString("name_en", m.Name.En);
            json.WriteString("dimension", m.Dimension);
            json.WriteNumber("weight", m.Weight);
            json.WriteNumber("checked", m.Checked);
            json.WriteNumber("failed", m.Failed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, QualityScore score, string? key)
    {
        json.WriteStartObject();
        if (key is not null) json.WriteString(key, key == "month" ? score.Key[..7] : score.Key);
        if (NameOf(score) is { Length: > 0 } name) json.WriteString("name", name);
        Number("score", score.Total);
        json.WriteStartObject("dimensions");
        foreach (var d in report.Dimensions.Where(d => score.Dimensions.ContainsKey(d.Id))) Number(d.Id, score.Dimensions[d.Id]);
        json.WriteEndObject();
        json.WriteNumber("accepted", score.Accepted);
        json.WriteNumber("quarantined", score.Quarantined);
        json.WriteEndObject();

        void Number(string property, double value)
        {
            if (double.IsNaN(value)) json.WriteNull(property);
            else json.WriteNumber(property, Math.Round(value, 6));
        }
    }

    private string NameOf(QualityScore score) => registry.DataSets.TryGetValue(score.Key, out var set) ? set.Name.In(Language) : score.Name;

    private static string Key(string key) => key.Length == 0 ? "–" : key.Length == 10 && key[4] == '-' ? key[..7] : key;

    private static string Percent(double share) => double.IsNaN(share) ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.00}\u00A0%");

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);
}
