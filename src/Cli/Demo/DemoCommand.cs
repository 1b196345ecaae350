using System.CommandLine;
using System.Diagnostics;
using Yunnao.Cli.City;
using Yunnao.Cli.Ingest;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Services.Ingest;
using Yunnao.Synthetic;

namespace Yunnao.Cli.Demo;

/// <summary><c>yunnao demo</c>: a newcomer sees the main job done on a synthetic city, and its result held against the truth.</summary>
internal static class DemoCommand
{
    private const string Marker = "yunnao-demo.txt";

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var residents = new Option<long>("--residents") { Description = text["city.residents"], DefaultValueFactory = _ => 20_000 };
        var months = new Option<int>("--months") { Description = text["city.months"], DefaultValueFactory = _ => 3 };
        var seed = new Option<ulong>("--seed") { Description = text["city.seed"], DefaultValueFactory = _ => 1UL };
        var folder = new Option<string>("--out") { Description = text["demo.folder"], HelpName = "DIR", DefaultValueFactory = _ => "yunnao-data/demo" };
        var serve = new Option<bool>("--serve") { Description = text["demo.serve"] };
        var noServe = new Option<bool>("--no-serve") { Description = text["demo.no-serve"] };
        var port = new Option<int>("--port") { Description = text["serve.port"], HelpName = "N", DefaultValueFactory = _ => 8420 };
        var command = new Command("demo", text["demo"]) { residents, months, seed, folder, serve, noServe, port };
        command.SetAction((parsed, cancellation) =>
        {
            var root = Path.GetFullPath(parsed.GetValue(folder)!);
            var options = new CityOptions { Residents = parsed.GetValue(residents), Months = parsed.GetValue(months), Seed = parsed.GetValue(seed), Folder = Path.Combine(root, "city"), Tables = CityCommand.Tables(parsed, terminal) };
            var stay = parsed.GetValue(serve) || (terminal.OutIsTerminal && !parsed.GetValue(noServe));
            
            // A port that was asked for is that port or a problem; else the first that is free.
            var at = parsed.GetResult(port) is { Implicit: false } ? parsed.GetValue(port) : DemoServer.FreePort(parsed.GetValue(port));
            return RunAsync(parsed, terminal, root, options, at, stay, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, string root, CityOptions options, int port, bool stay, CancellationToken cancellation)
    {
        var (text, clock) = (terminal.Text, Stopwatch.StartNew());
        if (Prepare(root, terminal) is { } refused) return terminal.Fail(refused);
        var data = Path.Combine(root, "data");

        Step(terminal, text.Format("demo.step.city", options.Residents, options.Months));
        if (!CityCommand.Make(parsed, terminal, options, cancellation).Try(out var city, out var problem)) return terminal.Fail(problem);
        terminal.Print(text.Format("city.summary", city.Residents, city.Births, city.Deaths, city.TotalRows, city.Errors.Values.Sum(), city.Bytes / 1e6, clock.Elapsed.TotalSeconds, city.TotalRows / clock.Elapsed.TotalSeconds));

        Step(terminal, text["demo.step.ingest"]);
        var outcomes = new List<FileOutcome>();
        if (await LoadAsync(parsed, terminal, data, options.Folder, outcomes, cancellation).ConfigureAwait(false) is { } failed) return terminal.Fail(failed);

        if (!LakeRoom.Open(parsed, terminal, write: true, data).Try(out var room, out problem)) return terminal.Fail(problem);
        await using (room.ConfigureAwait(false))
        {
            var tour = new DemoTour(room, terminal, cancellation);
            var shown = await tour.RunAsync(outcomes, options.Folder).ConfigureAwait(false);
            if (shown is not null) return terminal.Fail(shown);
            Step(terminal, text["demo.step.warning"]);
            if (await new DemoWarning(room, terminal, cancellation).RunAsync(options.Folder).ConfigureAwait(false) is { } unwarned) return terminal.Fail(unwarned);
            Step(terminal, text["demo.step.next"]);
            terminal.Print(text.Format("demo.next", Path.GetRelativePath(Environment.CurrentDirectory, data), tour.Subject));
        }

        terminal.Print(text.Format("demo.done", clock.Elapsed.TotalSeconds));
        Step(terminal, text["demo.step.server"]);
        if (await ServeAsync(parsed, terminal, data, port, stay, clock, cancellation).ConfigureAwait(false) is { } unserved) return terminal.Fail(unserved);
        return outcomes.Any(o => o.Problem is not null) ? ExitCodes.Of(ProblemKind.Incorrect) : ExitCodes.Ok;
    }

    private static async Task<Problem?> ServeAsync(ParseResult parsed, Terminal terminal, string data, int port, bool stay, Stopwatch clock, CancellationToken cancellation)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return problem;
        var server = new DemoServer(registry, new() { Folder = data, Standards = RegistryFolder.Of(parsed, terminal), Port = port, LogRequests = false }, terminal);
        if (await server.PrepareAsync(cancellation).ConfigureAwait(false) is { } unprepared) return unprepared;
        return await server.RunAsync(stay, cancellation).ConfigureAwait(false);
    }

    private static async Task<Problem?> LoadAsync(
        ParseResult parsed, Terminal terminal, string data, string city, List<FileOutcome> outcomes, CancellationToken cancellation)
    {
        if (!Platform.Open(RegistryFolder.Of(parsed, terminal), data).Try(out var platform, out var problem)) return problem;
        using (platform)
        {
            var clock = Stopwatch.StartNew();
            using (var progress = new ProgressLine(terminal))
                await foreach (var outcome in platform.Ingest.IngestAsync(new([city]), progress, cancellation).ConfigureAwait(false))
                    outcomes.Add(outcome);
            foreach (var outcome in outcomes.Where(o => o.Problem is not null)) terminal.Fail(outcome.Problem!);
            IngestSummary.Total(outcomes, clock.Elapsed.TotalSeconds, terminal);
            return null;
        }
    }

    /// <summary>Empties the folder of an earlier demo; leaves any other folder alone.</summary>
    private static Problem? Prepare(string root, Terminal terminal)
    {
        var marker = Path.Combine(root, Marker);
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
        {
            if (!File.Exists(marker)) return new(ProblemKind.Conflict, "demo.not-ours", terminal.Text["demo.not-ours"], new(root));
            Directory.Delete(root, recursive: true);
        }

        Directory.CreateDirectory(root);
        File.WriteAllText(marker, "A demo of Yunnao: synthetic people only. The next demo replaces this folder.\n");
        return null;
    }

    internal static void Step(Terminal terminal, string title)
    {
        terminal.Print();
        terminal.Print(title);
    }
}
