using System.Globalization;
using CsvHelper;
using Yunnao.Formats.Encodings;
using Yunnao.Kernel;
using Yunnao.Trust.Anonymity;

namespace Yunnao.Services.Privacy;

/// <summary>
/// A CSV file that is to be shared: its quasi-identifiers are measured and made coarser, everything else is passed on as it is. The file is
/// read twice: once for the columns that matter, which stay in memory, and once to write.
/// </summary>
public sealed class PrivateTable
{
    private readonly string _path;
    private readonly int[] _columns;
    private readonly Anonymiser _anonymiser;

    private PrivateTable(string path, int[] columns, Anonymiser anonymiser, int rows) => (_path, _columns, _anonymiser, Rows) = (path, columns, anonymiser, rows);

    public int Rows { get; }

    /// <summary>
    /// Reads the columns. Problems: <c>privacy.unreadable</c>, <c>privacy.column</c>, <c>privacy.number</c> (a cell of a column of numbers is none),
    /// <c>privacy.empty</c>.
    /// </summary>
    /// <param name="sensitive">Name of the sensitive column, or null.</param>
    public static Result<PrivateTable> Read(string path, IReadOnlyList<ColumnSpec> specs, string? sensitive)
    {
        if (!File.Exists(path)) return new Problem(ProblemKind.NotFound, "privacy.unreadable", "The file cannot be read.", new(path));
        using var csv = Open(path);
        csv.Read();
        var headers = csv.Headers.Select(h => h.Trim('\uFEFF')).ToList();
        var places = new int[specs.Count];
        for (var i = 0; i < specs.Count; i++)
        {
            places[i] = headers.IndexOf(specs[i].Name);
            if (places[i] < 0) return NoColumn(path, specs[i].Name, headers);
        }

        var sensitivePlace = sensitive is null ? -1 : headers.IndexOf(sensitive);
        if (sensitive is not null && sensitivePlace < 0) return NoColumn(path, sensitive, headers);
        var numbers = specs.Select(s => s.Number ? new List<double>() : null).ToList();
        var codes = specs.Select(s => s.Number ? null : new List<string>()).ToList();
        var values = new List<string>();
        if (csv.FieldCount == 0) return Empty(path);
        do
        {
            for (var i = 0; i < places.Length; i++)
            {
                var cell = csv.GetString(places[i]);
                codes[i]?.Add(cell);
                if (numbers[i] is not { } column) continue;
                if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                    return new Problem(ProblemKind.Incorrect, "privacy.number", $"A cell of the column {specs[i].Name} is no number; give it as a column of codes, or mend the file.", new(path, csv.LineNumber));
                column.Add(number);
            }

            if (sensitivePlace >= 0) values.Add(csv.GetString(sensitivePlace));
        }
        while (csv.Read());
        var identifiers = specs.Select((s, i) => s.Number ? QuasiIdentifier.OfNumbers(s.Name, numbers[i]!) : QuasiIdentifier.OfCodes(s.Name, codes[i]!, [.. s.Prefixes])).ToList();
        return new PrivateTable(path, places, new Anonymiser(identifiers, sensitive is null ? null : values), identifiers[0].Values.Length);
    }

    /// <summary>What the file gives away as it is.</summary>
    public AnonymityReport Measure() => _anonymiser.Measure();

    /// <summary>Writes the file with coarser columns, without the rows left out. Problem: <c>anonymity.unreachable</c>.</summary>
    public Result<AnonymityReport> Write(AnonymityGoal goal, string output)
    {
        if (!_anonymiser.Reach(goal).Try(out var table, out var problem)) return problem;
        using var csv = Open(_path);
        using var writer = new StreamWriter(output) { NewLine = "\n" };
        for (var row = 0; csv.Read(); row++)
        {
            if (row == 0) writer.WriteLine(string.Join(',', csv.Headers.Select(h => CsvCell.Write(h.Trim('\uFEFF')))));
            if (table.Show(row) is not { } shown) continue;
            for (var column = 0; column < csv.FieldCount; column++)
            {
                if (column > 0) writer.Write(',');
                var place = Array.IndexOf(_columns, column);
                writer.Write(CsvCell.Write(place < 0 ? csv.GetString(column) : shown[place]));
            }

            writer.WriteLine();
        }

        return table.Report;
    }

    private static CsvReader Open(string path) => CsvReader.Create(Utf8Stream.Open(File.OpenRead(path)), new CsvReaderOptions { TrackLineNumbers = true, TrimWhitespace = true }, false);

    private static Problem NoColumn(string path, string name, List<string> headers) =>
        new(ProblemKind.Incorrect, "privacy.column", $"The file has no column {name}; it has {string.Join(", ", headers)}.", new(path, 1));

    private static Problem Empty(string path) => new(ProblemKind.Incorrect, "privacy.empty", "The file has no rows.", new(path));
}
