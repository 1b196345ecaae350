namespace Yunnao.Standards.Loading;

/// <summary>Reads the cells that many files share. A bad cell is reported and given a harmless value, so that the row is still checked to its end.</summary>
internal static class Cells
{
    public static Names Names(this CsvTable row, string what, bool required)
    {
        var names = new Names(row[$"{what}_zh"], row[$"{what}_en"]);
        if (required && (names.Zh.Length == 0 || names.En.Length == 0))
        {
            row.Report("standards.no-name", $"{what}_zh and {what}_en must both be given");
        }

        return names;
    }

    public static bool Provisional(this CsvTable row)
    {
        var text = row["provisional"];
        if (text is not ("" or "yes")) row.Report("standards.bad-value", $"provisional is '{text}'; it is 'yes' or empty");
        return text == "yes";
    }

    public static Status Status(this CsvTable row, Status? whenEmpty = null)
    {
        var text = row["status"];
        if (text.Length == 0 && whenEmpty is { } status) return status;
        if (Vocabulary.Status(text) is { } known) return known;
        row.Report("standards.bad-status", $"status is '{text}'; it is draft, standard or superseded");
        return Standards.Status.Draft;
    }

    public static string Version(this CsvTable row)
    {
        var text = row["version"];
        if (Semver.TryParse(text, out _)) return text;
        row.Report("standards.bad-version", $"version is '{text}'; it is major.minor.patch, for example 1.0.0");
        return "0.0.0";
    }

    public static string? OrNull(this string text) => text.Length == 0 ? null : text;
}
