using System.Globalization;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>The public epidemic series, which are no part of the repository.</summary>
internal static class EpidemicData
{
    public const string Absent = "skipped: the folder of public epidemic series was not found (--data)";

    /// <summary>The folder given, or <c>shared/data/epidemic</c> beside a folder above this one; null where there is none.</summary>
    public static string? Find(string? given)
    {
        if (given is not null)
            return Directory.Exists(given) ? given : null;
        for (var folder = new DirectoryInfo(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "epidemic");
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }

    /// <summary>The rows of a CSV without quoted commas, cells without quotes; the header first.</summary>
    public static IEnumerable<string[]> Rows(string root, string file) =>
        File.ReadLines(Path.Combine(root, file)).Select(line => line.Split(',').Select(cell => cell.Trim('"')).ToArray());

    /// <summary>One column of numbers by its name; what is no number is NaN.</summary>
    public static double[] Column(string root, string file, string name)
    {
        var rows = Rows(root, file).ToList();
        var at = Array.IndexOf(rows[0], name);
        return [.. rows.Skip(1).Select(row => Number(row[at]))];
    }

    public static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
}
