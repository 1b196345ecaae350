using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Services.Surveillance.Scan;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic scan</c>: clusters in space and time that are alive on the last day.</summary>
internal static class ScanCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var places = new Option<string>("--places") { Description = text["epidemic.scan.places"], HelpName = "FILE", Required = true };
        var days = new Option<int>("--days") { Description = text["epidemic.scan.days"], HelpName = "DAYS", DefaultValueFactory = _ => 90 };
        var longest = new Option<int>("--longest") { Description = text["epidemic.scan.longest"], HelpName = "DAYS", DefaultValueFactory = _ => 14 };
        var command = new Command("scan", text["epidemic.scan"]) { places, days, longest };
        var series = new SeriesOptions(terminal, command);
        command.SetAction((parsed, cancellation) => series.UseRawAsync(
            parsed, SeriesGroup.Region,
            found => Print(terminal, found, parsed.GetRequiredValue(places), parsed.GetValue(days), parsed.GetValue(longest), cancellation), cancellation));
        return command;
    }

    private static int Print(Terminal terminal, IReadOnlyList<CountSeries> series, string file, int days, int longest, CancellationToken cancellation)
    {
        var text = terminal.Text;
        if (!PlaceFile.Read(file).Try(out var places, out var problem)) return terminal.Fail(problem);
        var found = series.Where(s => places.ContainsKey(s.Name)).ToList();
        foreach (var missing in series.Except(found)) terminal.Error.WriteLine(text.Format("epidemic.scan.no-place", missing.Name));
        if (found.Count == 0) return terminal.Fail(new(ProblemKind.NotFound, "epidemic.no-cases", text["epidemic.no-cases"]));
        var last = found.Max(s => s.End);
        var cases = new double[found.Count * days];
        for (var i = 0; i < found.Count; i++)
        {
            for (var day = 0; day < days; day++)
            {
                var at = found[i].IndexOf(last.AddDays(day + 1 - days));
                if (at >= 0 && at < found[i].Counts.Length && found[i].Counts[at] > 0) cases[(i * days) + day] = found[i].Counts[at];
            }
        }

        var options = new ScanOptions { Model = ScanModel.Permutation, MaximumDays = longest };
        var scanned = SpaceTimeScan.Run([.. found.Select(s => places[s.Name])], cases, [], options, cancellation);
        if (!scanned.Try(out var clusters, out problem)) return terminal.Fail(problem);
        var listing = new Listing(
            text["epidemic.scan.regions"], text["epidemic.scan.radius"], text["epidemic.column.first"], text["epidemic.column.last"], text["epidemic.column.cases"],
            text["epidemic.column.expected"], text["epidemic.scan.risk"], "p");
        foreach (var c in clusters)
        {
            listing.Add(
                string.Join(' ', c.Regions.Select(r => found[r].Name)), Curves.Number(c.Radius), $"{last.AddDays(1 - c.Days):yyyy-MM-dd}", $"{last:yyyy-MM-dd}",
                Curves.Number(c.Cases), Curves.Number(c.Expected), Curves.Number(c.RelativeRisk, 2), Curves.Chance(c.PValue));
        }

        terminal.Print(listing);
        return ExitCodes.Ok;
    }
}
