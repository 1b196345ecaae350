using System.Globalization;
using CsvHelper;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Scan;

namespace Yunnao.Services.Surveillance.Counting;

/// <summary>Where regions are: a CSV file with the columns <c>region</c>, <c>longitude</c> and <c>latitude</c> (degrees).</summary>
public static class PlaceFile
{
    /// <summary>Region code → its centre. Problems: <c>series.unreadable</c>, <c>series.column</c>, <c>series.place</c>.</summary>
    public static Result<Dictionary<string, Region>> Read(string path)
    {
        if (!File.Exists(path)) return new Problem(ProblemKind.NotFound, "series.unreadable", "The file cannot be read.", new(path));
        using var csv = CsvReader.Create(File.ReadAllBytes(path), new CsvReaderOptions { Separator = ',', TrackLineNumbers = true, TrimWhitespace = true });
        var headers = csv.Headers.Select(h => h.Trim('\uFEFF')).ToList();
        int[] columns = [headers.IndexOf("region"), headers.IndexOf("longitude"), headers.IndexOf("latitude")];
        if (columns.Contains(-1)) return new Problem(ProblemKind.Incorrect, "series.column", "The columns are region, longitude and latitude.", new(path));
        var places = new Dictionary<string, Region>();
        while (csv.Read())
        {
            if (!double.TryParse(csv.GetString(columns[1]), CultureInfo.InvariantCulture, out var longitude) || !double.TryParse(csv.GetString(columns[2]), CultureInfo.InvariantCulture, out var latitude))
                return new Problem(ProblemKind.Incorrect, "series.place", "Longitude and latitude are numbers in degrees.", new(path, csv.LineNumber));
            places[csv.GetString(columns[0])] = new(longitude, latitude);
        }

        return places;
    }
}
