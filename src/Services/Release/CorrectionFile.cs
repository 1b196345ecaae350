using System.Globalization;
using CsvHelper;
using Yunnao.Kernel;

namespace Yunnao.Services.Release;

/// <summary>Corrections of rows in quarantine: from the command line, or from a CSV file with the columns <c>batch</c>, <c>ordinal</c>, <c>item</c>, <c>value</c>.</summary>
public static class CorrectionFile
{
    private static readonly string[] s_columns = ["batch", "ordinal", "item", "value"];

    /// <summary>Problem: <c>release.corrections</c>.</summary>
    public static Result<IReadOnlyList<Correction>> Of(int? batch, long? ordinal, string[] assignments)
    {
        if (batch is not { } number || ordinal is not { } row || assignments.Length == 0)
            return new Problem(ProblemKind.Incorrect, "release.corrections", "Name the row with --batch and --ordinal and the values with --set, or a file with --from.");
        var corrections = new List<Correction>();
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) return new Problem(ProblemKind.Incorrect, "release.corrections", "A value is set as ITEM=VALUE; ITEM= takes the value away.");
            corrections.Add(new(number, row, assignment[..equals], assignment[(equals + 1)..]));
        }

        return corrections;
    }

    /// <summary>Problems: <c>release.corrections</c>, with the line.</summary>
    public static Result<IReadOnlyList<Correction>> Read(string file)
    {
        if (!File.Exists(file)) return new Problem(ProblemKind.NotFound, "release.corrections", "There is no such file.", new(file));
        var corrections = new List<Correction>();
        using var csv = CsvReader.Create(File.ReadAllBytes(file), new CsvReaderOptions { Separator = ',', DetectSeparatorHint = false, TrackLineNumbers = true });
        var headers = csv.Headers.Select(h => h.Trim('\uFEFF', ' ')).ToList();
        var places = s_columns.Select(c => headers.IndexOf(c)).ToArray();
        if (places.Contains(-1)) return new Problem(ProblemKind.Incorrect, "release.corrections", $"The columns are {string.Join(", ", s_columns)}.", new(file, 1));
        while (csv.Read())
        {
            if (csv.FieldCount != headers.Count
                || !int.TryParse(csv.GetString(places[0]), NumberStyles.None, CultureInfo.InvariantCulture, out var batch)
                || !long.TryParse(csv.GetString(places[1]), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal))
                return new Problem(ProblemKind.Incorrect, "release.corrections", "A line has a batch, an ordinal, an item and a value.", new(file, csv.LineNumber));
            corrections.Add(new(batch, ordinal, csv.GetString(places[2]), csv.GetString(places[3])));
        }

        return corrections;
    }
}
