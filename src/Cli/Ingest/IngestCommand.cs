using System.CommandLine;
using System.Diagnostics;
using Yunnao.Cli.Identity;
using Yunnao.Cli.Remote;
using Yunnao.Services.Ingest;

namespace Yunnao.Cli.Ingest;

/// <summary><c>yunnao ingest &lt;files | folders | -&gt; --source &lt;mapping&gt;</c>.</summary>
internal static class IngestCommand
{
    private const string StandardInput = "-";

    /// <summary>Who loads: this process, or the server that owns the folder.</summary>
    private delegate IAsyncEnumerable<FileOutcome> Loading(IngestRequest request, IProgress<IngestProgress>? progress, CancellationToken cancellation);

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var paths = new Argument<string[]>("paths") { Description = text["ingest.paths"], Arity = ArgumentArity.OneOrMore };
        var source = new Option<string>("--source", "-s") { Description = text["ingest.source"], HelpName = "MAPPING" };
        var organisation = new Option<string>("--organisation") { Description = text["ingest.organisation"], HelpName = "CODE" };
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = text["ingest.dry-run"] };
        var report = new Option<bool>("--report") { Description = text["ingest.report"] };
        var json = new Option<bool>("--json") { Description = text["ingest.json"] };
        var command = new Command("ingest", text["ingest"]) { paths, source, organisation, dryRun, report, json };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed, terminal, new(parsed.GetValue(paths)!, parsed.GetValue(source), parsed.GetValue(organisation), parsed.GetValue(dryRun), parsed.GetValue(report)), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, IngestRequest request, bool json, CancellationToken cancellation)
    {
        var folder = DataFolder.Of(parsed, terminal);
        using var server = ServerConnection.To(folder, terminal);
        if (server is not null)
        {
            if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var unsound)) return terminal.Fail(unsound);
            return await RunAsync(new ServerIngest(server, registry).IngestAsync, request, folder, terminal, json, cancellation).ConfigureAwait(false);
        }

        if (!Platform.Open(RegistryFolder.Of(parsed, terminal), folder).Try(out var platform, out var problem)) return terminal.Fail(problem);
        using (platform)
        await using (new MergeAudit(platform, folder, terminal).ConfigureAwait(false))
            return await RunAsync(platform.Ingest.IngestAsync, request, folder, terminal, json, cancellation).ConfigureAwait(false);
    }

    private static async Task<int> RunAsync(Loading ingest, IngestRequest request, string folder, Terminal terminal, bool json, CancellationToken cancellation)
    {
        var received = request.Paths.Contains(StandardInput) ? await ReceiveAsync(folder, cancellation).ConfigureAwait(false) : null;
        try
        {
            if (received is not null) request = request with { Paths = [.. request.Paths.Select(p => p == StandardInput ? received : p)] };
            var clock = Stopwatch.StartNew();
            var outcomes = await LoadAsync(ingest, request, terminal, json, cancellation).ConfigureAwait(false);
            if (!json) IngestSummary.Print(outcomes, request, clock.Elapsed.TotalSeconds, terminal);
            return outcomes.FirstOrDefault(o => o.Problem is not null)?.Problem is { } first ? ExitCodes.Of(first.Kind) : ExitCodes.Ok;
        }
        finally
        {
            if (received is not null) File.Delete(received);
        }
    }

    private static async Task<List<FileOutcome>> LoadAsync(Loading ingest, IngestRequest request, Terminal terminal, bool json, CancellationToken cancellation)
    {
        var outcomes = new List<FileOutcome>();
        using var progress = new ProgressLine(terminal);
        await foreach (var outcome in ingest(request, progress, cancellation).ConfigureAwait(false))
        {
            outcomes.Add(outcome);
            if (json) terminal.Print(IngestSummary.Json(outcome, terminal.Text));
            if (outcome.Problem is null) continue;
            progress.Clear();
            terminal.Fail(outcome.Problem);
        }

        return outcomes;
    }

    /// <summary>Standard input is received whole before it is read, so that it can be landed and named.</summary>
    private static async Task<string> ReceiveAsync(string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.Combine(folder, "tmp"));
        var path = Path.Combine(folder, "tmp", $"stdin-{Environment.ProcessId}");
        var input = Console.OpenStandardInput();
        var file = File.Create(path);
        await using (input.ConfigureAwait(false))
        await using (file.ConfigureAwait(false))
            await input.CopyToAsync(file, cancellation).ConfigureAwait(false);
        return path;
    }
}
