using System.CommandLine;
using System.Globalization;
using Yunnao.Lake.Batches;

namespace Yunnao.Cli.Lake;

/// <summary><c>yunnao batch show | take-back</c>.</summary>
internal static class BatchCommand
{
    public static Command Create(Terminal terminal) => new("batch", terminal.Text["batch"]) { Show(terminal), TakeBack(terminal) };

    private static Command Show(Terminal terminal)
    {
        var number = Number(terminal);
        var command = new Command("show", terminal.Text["batch.show"]) { number };
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: false, async room =>
        {
            var found = await room.Lake.BatchAsync(parsed.GetRequiredValue(number), cancellation).ConfigureAwait(false);
            return found.Try(out var batch, out var problem) ? Print(batch, terminal) : terminal.Fail(problem);
        }));
        return command;
    }

    private static Command TakeBack(Terminal terminal)
    {
        var number = Number(terminal);
        var command = new Command("take-back", terminal.Text["batch.take-back"]) { number };
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: true, async room =>
        {
            var taken = await room.Lake.TakeBackAsync(parsed.GetRequiredValue(number), cancellation).ConfigureAwait(false);
            return taken.Try(out var reports, out var problem) ? Print(reports, terminal) : terminal.Fail(problem);
        }));
        return command;
    }

    private static Argument<int> Number(Terminal terminal) => new("number") { Description = terminal.Text["batch.argument"] };

    private static int Print(BatchEntry batch, Terminal terminal)
    {
        var text = terminal.Text;
        var head = new Listing(text["batch.what"], text["batch.value"]);
        head.Add(text["batch.number"], $"{batch.Number}");
        head.Add(text["batch.file"], batch.Header.FileName);
        head.Add(text["batch.source"], batch.Header.Source);
        head.Add(text["batch.status"], BatchesCommand.Status(batch.Status, terminal));
        head.Add(text["batch.started"], BatchesCommand.Time(batch.Started));
        head.Add(text["batch.time"], BatchesCommand.Time(batch.Committed));
        head.Add(text["batch.bytes"], batch.Header.Bytes.ToString(CultureInfo.InvariantCulture));
        head.Add(text["batch.object"], batch.Header.ObjectId ?? "");
        head.Add(text["batch.registry"], batch.Header.RegistryFingerprint);
        terminal.Print(head);
        terminal.Print();
        var counts = new Listing(
            text["batch.data-set"], text["batch.version"], text["batch.received"], text["batch.accepted"], text["batch.quarantined"],
            text["batch.superseded"], text["batch.flagged"]);
        foreach (var c in batch.Counts)
        {
            counts.Add(c.DataSet ?? "–", c.DataSetVersion ?? "–", $"{c.Received}", $"{c.Accepted}", $"{c.Quarantined}", $"{c.Superseded}", $"{c.Flagged}");
        }

        terminal.Print(counts);
        return ExitCodes.Ok;
    }

    private static int Print(IReadOnlyList<TakeBackReport> reports, Terminal terminal)
    {
        var text = terminal.Text;
        var listing = new Listing(text["batch.data-set"], text["batch.removed"], text["batch.restored"]);
        foreach (var r in reports) listing.Add(r.DataSet, $"{r.Removed}", $"{r.Restored}");
        terminal.Print(listing);
        return ExitCodes.Ok;
    }
}
