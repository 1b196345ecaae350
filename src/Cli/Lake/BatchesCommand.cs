using System.CommandLine;
using System.Globalization;
using Yunnao.Lake.Batches;

namespace Yunnao.Cli.Lake;

/// <summary><c>yunnao batches</c>: the newest batches of the ledger.</summary>
internal static class BatchesCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var most = new Option<int>("--most") { Description = text["batches.most"], HelpName = "N", DefaultValueFactory = _ => 50 };
        var name = new Option<string>("--name") { Description = text["batches.name"], HelpName = "TEXT" };
        var command = new Command("batches", text["batches"]) { most, name };
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(
            parsed, terminal, write: false, async room => Print(await room.Lake.BatchesAsync(parsed.GetValue(most), new(parsed.GetValue(name)), cancellation).ConfigureAwait(false), terminal)));
        return command;
    }

    /// <summary>When it was committed, in universal time.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Status(BatchStatus status, Terminal terminal) => terminal.Text[status == BatchStatus.Committed ? "batch.committed" : "batch.taken-back"];

    private static int Print(IReadOnlyList<BatchEntry> batches, Terminal terminal)
    {
        var text = terminal.Text;
        var listing = new Listing(
            text["batch.number"], text["batch.file"], text["batch.source"], text["batch.time"], text["batch.status"],
            text["batch.received"], text["batch.accepted"], text["batch.quarantined"], text["batch.superseded"]);
        foreach (var b in batches)
        {
            listing.Add(
                $"{b.Number}", b.Header.FileName, b.Header.Source, Time(b.Committed), Status(b.Status, terminal),
                $"{b.Received}", $"{b.Accepted}", $"{b.Quarantined}", $"{b.Superseded}");
        }

        terminal.Print(listing);
        return ExitCodes.Ok;
    }
}
