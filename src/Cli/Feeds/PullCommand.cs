using System.CommandLine;
using System.Text.Json;
using Yunnao.Services.Pull;
using Yunnao.Standards.Feeds;

namespace Yunnao.Cli.Feeds;

/// <summary><c>yunnao pull &lt;feed&gt;…</c>: rows of databases, from the watermark on.</summary>
internal static class PullCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var feeds = new Argument<string[]>("feed") { Description = text["pull.feed"], Arity = ArgumentArity.OneOrMore };
        var table = new Option<string>("--table", "-t") { Description = text["pull.table"], HelpName = "NAME" };
        var full = new Option<bool>("--full") { Description = text["pull.full"] };
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = text["pull.dry-run"] };
        var watch = new Option<bool>("--watch", "-w") { Description = text["pull.watch"] };
        var json = new Option<bool>("--json") { Description = text["pull.json"] };
        var command = new Command("pull", text["pull"]) { feeds, table, full, dryRun, watch, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = DataFolder.Of(parsed, terminal);
            if (!FeedFiles.Read(parsed.GetValue(feeds)!, folder, terminal).Try(out var described, out var problem)) return terminal.Fail(problem);
            if (!Platform.Open(RegistryFolder.Of(parsed, terminal), folder).Try(out var platform, out problem)) return terminal.Fail(problem);
            using (platform)
            {
                var service = new PullService(platform.Registry, platform.Lake, platform.Ingest, Path.Combine(folder, "tmp"));
                var pull = new Pulling(service, terminal, parsed.GetValue(json));
                PullRequest Request(Feed feed) => new(feed, parsed.GetValue(table), parsed.GetValue(full), parsed.GetValue(dryRun));
                return parsed.GetValue(watch)
                    ? await pull.WatchAsync([.. described.Select(Request)], cancellation).ConfigureAwait(false)
                    : await pull.OnceAsync([.. described.Select(Request)], cancellation).ConfigureAwait(false);
            }
        });
        return command;
    }

    private sealed class Pulling(PullService service, Terminal terminal, bool json)
    {
        public async Task<int> OnceAsync(IReadOnlyList<PullRequest> requests, CancellationToken cancellation)
        {
            var outcomes = new List<PullOutcome>();
            foreach (var request in requests) outcomes.AddRange(await PullAsync(request, cancellation).ConfigureAwait(false));
            if (!json) Print(outcomes);
            if (!json && requests.Any(r => r.DryRun)) terminal.Print(terminal.Text["pull.dry"]);
            return outcomes.Find(o => o.Problem is not null)?.Problem is { } first ? ExitCodes.Of(first.Kind) : ExitCodes.Ok;
        }

        /// <summary>Each feed at its interval, until stopped; a problem is told, and the feed tried again at the next turn.</summary>
        public async Task<int> WatchAsync(IReadOnlyList<PullRequest> requests, CancellationToken cancellation)
        {
            var due = requests.ToDictionary(r => r, _ => TimeSpan.Zero);
            var clock = System.Diagnostics.Stopwatch.StartNew();
            while (!cancellation.IsCancellationRequested)
            {
                var next = due.MinBy(d => d.Value);
                var wait = next.Value - clock.Elapsed;
                if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (cancellation.IsCancellationRequested) break;
                try
                {
                    var outcomes = await PullAsync(next.Key, cancellation).ConfigureAwait(false);
                    if (!json && outcomes.Exists(o => o.Received > 0)) Print(outcomes);
                }
                catch (OperationCanceledException)
                {
                    // What was not committed is pulled again.
                }

                // A full pull is asked for once.
                due.Remove(next.Key);
                due[next.Key with { Full = false }] = clock.Elapsed + next.Key.Feed.Every;
            }

            return ExitCodes.Ok;
        }

        private async Task<List<PullOutcome>> PullAsync(PullRequest request, CancellationToken cancellation)
        {
            var outcomes = new List<PullOutcome>();
            using var line = new StatusLine(terminal);
            await foreach (var outcome in service.PullAsync(request, (table, rows) => line.Show(terminal.Text.Format("pull.progress", request.Feed.Id, table, rows)), cancellation).ConfigureAwait(false))
            {
                outcomes.Add(outcome);
                if (json) terminal.Print(Json(outcome));
                if (outcome.Problem is null) continue;
                line.Clear();
                terminal.Fail(outcome.Problem);
            }

            return outcomes;
        }

        private void Print(List<PullOutcome> outcomes)
        {
            var text = terminal.Text;
            var listing = new Listing(
                text["pull.column.feed"], text["pull.column.table"], text["pull.column.read"], text["pull.column.known"], text["pull.column.batches"], text["ingest.received"],
                text["ingest.accepted"], text["ingest.quarantined"]);
            foreach (var o in outcomes)
                listing.Add(o.Feed, o.Table, $"{o.Read}", $"{o.Known}", $"{o.Chunks.Count(c => c.Batch is not null)}", $"{o.Received}", $"{o.Accepted}", $"{o.Quarantined}");
            terminal.Print(listing);
            foreach (var o in outcomes.Where(o => o.Unmarked > 0)) terminal.Print(text.Format("pull.unmarked", o.Table, o.Unmarked));
        }

        private static string Json(PullOutcome o) => JsonSerializer.Serialize(new
        {
            feed = o.Feed, table = o.Table, read = o.Read, known = o.Known, unmarked = o.Unmarked, batches = o.Chunks.Where(c => c.Batch is not null).Select(c => c.Batch!.Number),
            already_loaded = o.Chunks.Count(c => c.AlreadyLoaded is not null), received = o.Received, accepted = o.Accepted, quarantined = o.Quarantined, problem = o.Problem?.Code,
        });
    }
}
