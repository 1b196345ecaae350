using System.CommandLine;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.Imaging;

namespace Yunnao.Cli.Imaging;

/// <summary><c>yunnao imaging ingest FILES|FOLDERS</c>: brings DICOM files into the archive.</summary>
internal static class IngestCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var paths = new Argument<string[]>("paths") { Description = text["imaging.paths"], Arity = ArgumentArity.OneOrMore };
        var organisation = ImagingRoom.Organisation(terminal);
        var json = new Option<bool>("--json") { Description = text["imaging.json"] };
        var command = new Command("ingest", text["imaging.ingest"]) { paths, organisation, json };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, terminal, parsed.GetValue(paths)!, parsed.GetValue(organisation)!, parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, string[] paths, string organisation, bool json, CancellationToken cancellation)
    {
        if (paths.FirstOrDefault(p => !File.Exists(p) && !Directory.Exists(p)) is { } missing)
            return terminal.Fail(new(ProblemKind.NotFound, "ingest.no-file", terminal.Text["imaging.no-file"], new(missing)));
        if (!(await ImagingRoom.OpenAsync(parsed, terminal, readOnly: false, cancellation).ConfigureAwait(false)).Try(out var archive, out var problem)) return terminal.Fail(problem);
        await using (archive.ConfigureAwait(false))
        {
            var counts = new int[Enum.GetValues<StoreResult>().Length];
            using var status = new StatusLine(terminal);
            await foreach (var (path, outcome) in ImageDesk.IngestAsync(archive, Files(paths), organisation, cancellation).ConfigureAwait(false))
            {
                counts[(int)outcome.Result]++;
                if (json) terminal.Print(JsonSerializer.Serialize(new { path, result = outcome.Result.ToString(), code = outcome.Problem?.Code, instance = outcome.SopInstance, study = outcome.Study, series = outcome.Series }));
                else if (outcome.Problem is { } failed)
                {
                    status.Clear();
                    terminal.Error.WriteLine($"{path}: {failed}");
                }

                status.Show(terminal.Text.Format("imaging.progress", counts.Sum()));
            }

            status.Clear();
            if (!json) terminal.Print(terminal.Text.Format("imaging.ingested", counts[0], counts[1], counts[2], counts[3], counts[4]));
            return counts[(int)StoreResult.NotKept] > 0 ? ExitCodes.Of(ProblemKind.Unavailable) : counts[(int)StoreResult.Unreadable] > 0 ? ExitCodes.Of(ProblemKind.Incorrect) : ExitCodes.Ok;
        }
    }

    private static IEnumerable<string> Files(string[] paths) =>
        paths.SelectMany(p => Directory.Exists(p) ? Directory.EnumerateFiles(p, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : (IEnumerable<string>)[p]);
}
