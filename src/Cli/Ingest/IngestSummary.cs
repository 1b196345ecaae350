using System.Text.Json;
using Yunnao.Services.Ingest;

namespace Yunnao.Cli.Ingest;

/// <summary>What a person, or a script, reads after loading.</summary>
internal static class IngestSummary
{
    private const int FilesShown = 40;

    public static void Print(IReadOnlyList<FileOutcome> outcomes, IngestRequest request, double seconds, Terminal terminal)
    {
        var text = terminal.Text;
        if (outcomes.Count <= FilesShown) Files(outcomes, terminal);
        DataSets(outcomes, terminal);
        if (request.Report) Report(outcomes, terminal);
        var quarantined = Total(outcomes, seconds, terminal);
        if (request.DryRun) terminal.Print(text["ingest.dry"]);
        else if (quarantined > 0) terminal.Print(text["ingest.look"]);
    }

    /// <summary>The one line that says how it went; returns the number of rows quarantined.</summary>
    public static long Total(IReadOnlyList<FileOutcome> outcomes, double seconds, Terminal terminal)
    {
        var loaded = outcomes.Where(o => o.Batch is not null).Select(o => o.Batch!).ToList();
        var received = loaded.Sum(b => b.Received);
        var quarantined = loaded.Sum(b => b.Quarantined);
        terminal.Print(terminal.Text.Format(
            "ingest.summary", outcomes.Count, seconds, received, loaded.Sum(b => b.Accepted), quarantined, loaded.Sum(b => b.Superseded),
            outcomes.Count(o => o.AlreadyLoaded is not null), outcomes.Count(o => o.Problem is not null), received / Math.Max(seconds, 0.001)));
        return quarantined;
    }

    /// <summary>One line of JSON for one file; names and counts only.</summary>
    public static string Json(FileOutcome o, Text text) => JsonSerializer.Serialize(new
    {
        file = o.File,
        source = o.Source,
        bytes = o.Bytes,
        batch = o.Batch?.Number,
        already_loaded = o.AlreadyLoaded,
        received = o.Batch?.Received,
        accepted = o.Batch?.Accepted,
        quarantined = o.Batch?.Quarantined,
        superseded = o.Batch?.Superseded,
        problem = o.Problem?.Code,
        message = o.Problem?.Message.In(text),
        seconds = Math.Round(o.Seconds, 3),
        data_sets = o.Batch?.Counts.Select(c => new { data_set = c.DataSet, c.Received, c.Accepted, c.Quarantined, c.Superseded }),
    });

    private static void Files(IReadOnlyList<FileOutcome> outcomes, Terminal terminal)
    {
        var text = terminal.Text;
        var listing = new Listing(text["ingest.file"], text["ingest.batch"], text["ingest.received"], text["ingest.accepted"], text["ingest.quarantined"], text["ingest.superseded"], text["ingest.seconds"]);
        foreach (var o in outcomes)
        {
            var batch = o.AlreadyLoaded is { } already ? $"{already} ({text["ingest.already"]})" : o.Batch?.Number.ToString() ?? text["ingest.refused"];
            listing.Add(Path.GetFileName(o.File), batch, $"{o.Batch?.Received}", $"{o.Batch?.Accepted}", $"{o.Batch?.Quarantined}", $"{o.Batch?.Superseded}", $"{o.Seconds:0.00}");
        }

        terminal.Print(listing);
    }

    private static void DataSets(IReadOnlyList<FileOutcome> outcomes, Terminal terminal)
    {
        var text = terminal.Text;
        var listing = new Listing(text["ingest.data-set"], text["ingest.received"], text["ingest.accepted"], text["ingest.quarantined"], text["ingest.superseded"], text["ingest.flagged"]);
        foreach (var g in outcomes.Where(o => o.Batch is not null).SelectMany(o => o.Batch!.Counts).GroupBy(c => c.DataSet).OrderBy(g => g.Key, StringComparer.Ordinal))
            listing.Add(g.Key ?? "–", $"{g.Sum(c => c.Received)}", $"{g.Sum(c => c.Accepted)}", $"{g.Sum(c => c.Quarantined)}", $"{g.Sum(c => c.Superseded)}", $"{g.Sum(c => c.Flagged)}");
        terminal.Print(listing);
    }

    private static void Report(IReadOnlyList<FileOutcome> outcomes, Terminal terminal)
    {
        var text = terminal.Text;
        var listing = new Listing(text["ingest.record"], text["ingest.path"], text["ingest.count"], text["ingest.mapped"]);
        foreach (var g in outcomes.SelectMany(o => o.Report).GroupBy(u => (u.Record, u.Path)).OrderBy(g => g.Key.Record, StringComparer.Ordinal).ThenBy(g => g.Key.Path, StringComparer.Ordinal))
            listing.Add(g.Key.Record, g.Key.Path, $"{g.Sum(u => u.Count)}", text[g.Any(u => u.Mapped) ? "ingest.yes" : "ingest.no"]);
        terminal.Print(listing);
    }
}
