using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Yunnao.Services.Imaging;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging find KEY=VALUE…</c>: searches the archive.</summary>
internal static class FindCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var keys = new Argument<string[]>("keys") { Description = text["imaging.keys"], Arity = ArgumentArity.ZeroOrMore };
        var level = new Option<string>("--level") { Description = text["imaging.level"], HelpName = "LEVEL", DefaultValueFactory = _ => "study" };
        var fuzzy = new Option<bool>("--fuzzy") { Description = text["imaging.fuzzy"] };
        var limit = new Option<int>("--limit") { Description = text["imaging.limit"], HelpName = "N", DefaultValueFactory = _ => 100 };
        var json = new Option<bool>("--json") { Description = text["imaging.json"] };
        var command = new Command("find", text["imaging.find"]) { keys, level, fuzzy, limit, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var pairs = (parsed.GetValue(keys) ?? []).Select(k => k.Split('=', 2)).Select(k => (k[0], k.Length == 2 ? k[1] : "")).ToList();
            if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: true, cancellation).ConfigureAwait(false)).Try(out var archive, out var problem)) return terminal.Fail(problem);
            await using (archive.ConfigureAwait(false))
            {
                if (!ImageDesk.Find(archive, parsed.GetValue(level)!, pairs, parsed.GetValue(fuzzy), parsed.GetValue(limit)).Try(out var lines, out problem)) return terminal.Fail(problem);
                if (parsed.GetValue(json)) foreach (var line in lines) terminal.Print(JsonSerializer.Serialize(line));
                else Print(terminal, lines, parsed.GetValue(level)!);
                return ExitCodes.Ok;
            }
        });
        return command;
    }

    private static void Print(Terminal terminal, IReadOnlyList<ImageLine> lines, string level)
    {
        var text = terminal.Text;
        var listing = new Listing(text["imaging.head.date"], text["imaging.head.patient"], text["imaging.head.name"], text["imaging.head.modality"], text["imaging.head.description"], text["imaging.head.count"], text["imaging.head.uid"]);
        foreach (var line in lines)
        {
            var uid = level switch { "study" => line.Study, "series" => line.SeriesUid, _ => line.InstanceUid };
            var count = level == "study" ? $"{line.Series}/{line.Instances}" : line.Instances.ToString(CultureInfo.InvariantCulture);
            listing.Add(line.Date, line.Patient, line.Name, line.Modality, line.Description, count, uid);
        }

        terminal.Print(listing);
    }
}
