using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Identity;
using Yunnao.Kernel;
using Yunnao.Services.Release;

namespace Yunnao.Cli.Lake;

/// <summary><c>yunnao quarantine release | fix</c>: rows that are good now leave the quarantine.</summary>
internal static class ReleaseCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var batch = new Option<int?>("--batch") { Description = text["quarantine.batch"], HelpName = "N" };
        var dataSet = new Option<string>("--data-set") { Description = text["quarantine.data-set"], HelpName = "ID" };
        var reason = new Option<string>("--reason") { Description = text["quarantine.reason"], HelpName = "CODE" };
        var note = Note(terminal);
        var dryRun = DryRun(terminal);
        var command = new Command("release", text["quarantine.release"]) { batch, dataSet, reason, note, dryRun };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed, terminal,
            new(parsed.GetValue(batch), parsed.GetValue(dataSet), parsed.GetValue(reason), null, parsed.GetValue(note), parsed.GetValue(dryRun)), cancellation));
        return command;
    }

    /// <summary>The command that corrects values of single rows.</summary>
    public static Command CreateFix(Terminal terminal)
    {
        var text = terminal.Text;
        var batch = new Option<int?>("--batch") { Description = text["quarantine.fix.batch"], HelpName = "N" };
        var ordinal = new Option<long?>("--ordinal") { Description = text["quarantine.fix.ordinal"], HelpName = "K" };
        var set = new Option<string[]>("--set") { Description = text["quarantine.fix.set"], HelpName = "ITEM=VALUE", AllowMultipleArgumentsPerToken = true };
        var from = new Option<string>("--from") { Description = text["quarantine.fix.from"], HelpName = "FILE" };
        var note = Note(terminal);
        var dryRun = DryRun(terminal);
        var command = new Command("fix", text["quarantine.fix"]) { batch, ordinal, set, from, note, dryRun };
        command.SetAction((parsed, cancellation) =>
        {
            var given = parsed.GetValue(from) is { } file
                ? CorrectionFile.Read(file)
                : CorrectionFile.Of(parsed.GetValue(batch), parsed.GetValue(ordinal), parsed.GetValue(set) ?? []);
            return given.Try(out var corrections, out var problem)
                ? RunAsync(parsed, terminal, new(Corrections: corrections, Note: parsed.GetValue(note), DryRun: parsed.GetValue(dryRun)), cancellation)
                : Task.FromResult(terminal.Fail(problem));
        });
        return command;
    }

    private static Option<string> Note(Terminal terminal) => new("--note") { Description = terminal.Text["quarantine.note"], HelpName = "TEXT" };

    private static Option<bool> DryRun(Terminal terminal) => new("--dry-run", "-n") { Description = terminal.Text["quarantine.dry-run"] };

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, ReleaseRequest request, CancellationToken cancellation)
    {
        var text = terminal.Text;
        var folder = DataFolder.Of(parsed, terminal);
        if (!Platform.Open(RegistryFolder.Of(parsed, terminal), folder).Try(out var platform, out var problem)) return terminal.Fail(problem);
        using (platform)
        await using (new MergeAudit(platform, folder, terminal).ConfigureAwait(false))
        {
            var listing = new Listing(
                text["quarantine.column.batch"], text["quarantine.column.file"], text["quarantine.column.data-set"], text["quarantine.column.judged"],
                text["quarantine.column.released"], text["quarantine.column.current"], text["quarantine.column.refused"], text["quarantine.column.unmatched"]);
            Problem? first = null;
            var (released, refused, unreadable) = (0L, 0L, 0L);
            using var line = new StatusLine(terminal);
            await foreach (var done in platform.Ingest.Release.ReleaseAsync(request, cancellation).ConfigureAwait(false))
            {
                line.Show(text.Format("quarantine.progress", done.Batch, done.FileName));
                unreadable += done.Unreadable;
                if (done.Problem is { } failed)
                {
                    first ??= failed;
                    line.Clear();
                    terminal.Fail(failed);
                }

                foreach (var r in done.Reports)
                {
                    listing.Add(
                        Whole(r.Batch), done.FileName, r.DataSet, Whole(r.Judged), Whole(r.Released), Whole(r.Current), Whole(r.Judged - r.Released), Whole(r.Unmatched));
                    (released, refused) = (released + r.Released, refused + r.Judged - r.Released + r.Unmatched);
                }
            }

            line.Clear();
            if (listing.Rows.Count > 0) terminal.Print(listing);
            terminal.Print(text.Format(request.DryRun ? "quarantine.would-release" : "quarantine.released", released, refused));
            if (unreadable > 0) terminal.Print(text.Format("quarantine.unreadable", unreadable));
            return first is null ? ExitCodes.Ok : ExitCodes.Of(first.Kind);
        }
    }

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);
}
