using System.Globalization;
using Xunit;

namespace Yunnao.Tests.Conformance.Surveillance;

/// <summary>Finds and reads the shared epidemic series, which are never part of the repository.</summary>
internal static class SharedEpidemicData
{
    private static readonly string? s_root = Find();

    /// <summary>Full path of a file of the shared folder; skips the test where the folder is absent.</summary>
    public static string PathOf(string relative)
    {
        if (s_root is null)
            Assert.Skip("shared/data/epidemic is not beside this checkout");
        return Path.Combine(s_root, relative);
    }

    /// <summary>A CSV of numbers by column name; NA and empty cells are NaN, dates and other texts too.</summary>
    public static Dictionary<string, double[]> Columns(string relative) => Read(PathOf(relative));

    /// <summary>One of the outputs of R that Expected/expected.R computed.</summary>
    public static Dictionary<string, double[]> Expected(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "tests", "Conformance", "Surveillance", "Expected", name + ".csv");
            if (File.Exists(path))
                return Read(path);
        }

        throw new FileNotFoundException(name);
    }

    private static Dictionary<string, double[]> Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var names = lines[0].Split(',');
        var columns = new Dictionary<string, double[]>();
        for (var c = 0; c < names.Length; c++)
            columns[names[c].Trim('"')] = [.. lines.Skip(1).Select(line => Number(line.Split(',')[c]))];
        return columns;
    }

    /// <summary>The counts of one weekly series of the surveillance folder.</summary>
    public static double[] Counts(string series)
    {
        var columns = Columns($"surveillance/{series}.csv");
        return columns.TryGetValue("observed", out var observed) ? observed : columns["observed1"];
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "epidemic");
            if (Directory.Exists(Path.Combine(candidate, "golden")))
                return candidate;
        }

        return null;
    }
}
