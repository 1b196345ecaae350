using System.CommandLine;
using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Search;

namespace Yunnao.Cli.Standards;

/// <summary><c>yunnao standards rejudge</c>: the stored rows of data sets judged by the checks of the registry in use, without loading them again.</summary>
internal static class RejudgeCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var dataSets = new Argument<string[]>("dataset") { Description = text["standards.rejudge.dataset"], Arity = ArgumentArity.OneOrMore };
        var dryRun = new Option<bool>("--dry-run") { Description = text["standards.rejudge.dry-run"] };
        var command = new Command("rejudge", text["standards.rejudge"]) { dataSets, dryRun };
        command.SetAction((parsed, cancellation) => LakeRoom.UseEmbeddedAsync(parsed, terminal, write: true, room =>
            Task.Run(() => Run(room, parsed.GetRequiredValue(dataSets), parsed.GetValue(dryRun), terminal, cancellation), cancellation)));
        return command;
    }

    private static int Run(LakeRoom room, string[] dataSets, bool dryRun, Terminal terminal, CancellationToken cancellation)
    {
        var text = terminal.Text;
        var listing = new Listing(text["dataset"], text["version"], text["standards.rejudge.rows"], text["standards.rejudge.refused"],
            text["standards.rejudge.flagged"], text["standards.rejudge.changed"]);
        foreach (var id in dataSets)
        {
            if (!RegistryLookup.FindDataSet(room.Registry, id).Try(out var dataSet, out var problem)) return terminal.Fail(problem);
            if (!room.Embedded.Rejudge(new TableShape(dataSet), room.Registry, dryRun, cancellation).Try(out var report, out problem)) return terminal.Fail(problem);
            listing.Add(report.DataSet, report.Version, Number(report.Rows), Number(report.Refused), Number(report.Flagged), Number(report.Changed));
        }

        terminal.Print(listing);
        if (dryRun) terminal.Print(text["standards.rejudge.nothing-changed"]);
        return ExitCodes.Ok;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
