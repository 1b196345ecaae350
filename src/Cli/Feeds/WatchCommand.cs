using System.CommandLine;
using Yunnao.Cli.Identity;
using Yunnao.Cli.Ingest;
using Yunnao.Services.Ingest;
using Yunnao.Services.Watch;

namespace Yunnao.Cli.Feeds;

/// <summary><c>yunnao watch &lt;folder | feed&gt;…</c>: loads the files that appear, until stopped.</summary>
internal static class WatchCommand
{
    private const int UsualSeconds = 10;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var places = new Argument<string[]>("place") { Description = text["watch.place"], Arity = ArgumentArity.OneOrMore };
        var source = new Option<string>("--source", "-s") { Description = text["watch.source"], HelpName = "MAPPING" };
        var move = new Option<bool>("--move") { Description = text["watch.move"] };
        var settle = new Option<int>("--settle") { Description = text["watch.settle"], HelpName = "SECONDS", DefaultValueFactory = _ => 5 };
        var every = new Option<int>("--every") { Description = text["watch.every"], HelpName = "SECONDS", DefaultValueFactory = _ => UsualSeconds };
        var once = new Option<bool>("--once") { Description = text["watch.once"] };
        var json = new Option<bool>("--json") { Description = text["ingest.json"] };
        var command = new Command("watch", text["watch"]) { places, source, move, settle, every, once, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = DataFolder.Of(parsed, terminal);
            var named = parsed.GetValue(places)!;
            if (!FeedFiles.Read(named.Where(p => !Directory.Exists(p)), folder, terminal).Try(out var feeds, out var problem)) return terminal.Fail(problem);
            var options = new WatchOptions { Mapping = parsed.GetValue(source), Moves = parsed.GetValue(move), Settle = TimeSpan.FromSeconds(Math.Max(0, parsed.GetValue(settle))) };
            var interval = TimeSpan.FromSeconds(Math.Max(1, parsed.GetValue(every)));
            var drops = new List<(IDrop Drop, WatchOptions Options, TimeSpan Every)>();
            drops.AddRange(named.Where(Directory.Exists).Select(d => ((IDrop)new FolderDrop(d), options, interval)));
            foreach (var feed in feeds)
            {
                if (!Drops.Of(feed).Try(out var drop, out problem)) return terminal.Fail(problem);
                drops.Add((drop, new WatchOptions { Mapping = feed.Mapping ?? options.Mapping, Moves = feed.Moves || options.Moves, Settle = options.Settle }, feed.Every));
            }

            if (!Platform.Open(RegistryFolder.Of(parsed, terminal), folder).Try(out var platform, out problem)) return terminal.Fail(problem);
            using (platform)
            await using (new MergeAudit(platform, folder, terminal).ConfigureAwait(false))
            {
                var watches = drops.Select(d => (new DropWatch(d.Drop, d.Options, platform.Lake, platform.Ingest, Path.Combine(folder, "tmp"), TimeProvider.System), d.Every)).ToList();
                var watching = new Watching(watches, options.Settle, terminal, parsed.GetValue(json));
                var code = parsed.GetValue(once) ? await watching.OnceAsync(cancellation).ConfigureAwait(false) : await watching.RunAsync(cancellation).ConfigureAwait(false);
                foreach (var (drop, _, _) in drops) await drop.DisposeAsync().ConfigureAwait(false);
                return code;
            }
        });
        return command;
    }

    private sealed class Watching(IReadOnlyList<(DropWatch Watch, TimeSpan Every)> watches, TimeSpan settle, Terminal terminal, bool json)
    {
        /// <summary>Looks at each drop, and once more at those where files may still have been growing.</summary>
        public async Task<int> OnceAsync(CancellationToken cancellation)
        {
            var outcomes = new List<FileOutcome>();
            foreach (var (watch, _) in watches) outcomes.AddRange(await LookAsync(watch, cancellation).ConfigureAwait(false));
            var waiting = watches.Where(w => w.Watch.Waits).ToList();
            if (waiting.Count > 0) await Task.Delay(settle, cancellation).ConfigureAwait(false);
            foreach (var (watch, _) in waiting) outcomes.AddRange(await LookAsync(watch, cancellation).ConfigureAwait(false));
            if (!json) IngestSummary.Total(outcomes, outcomes.Sum(o => o.Seconds), terminal);
            return outcomes.Find(o => o.Problem is not null)?.Problem is { } first ? ExitCodes.Of(first.Kind) : ExitCodes.Ok;
        }

        public async Task<int> RunAsync(CancellationToken cancellation)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var due = watches.ToDictionary(w => w.Watch, _ => TimeSpan.Zero);
            if (!json) terminal.Print(terminal.Text.Format("watch.watching", watches.Count));
            while (!cancellation.IsCancellationRequested)
            {
                var (watch, at) = due.MinBy(d => d.Value);
                if (at > clock.Elapsed) await Task.Delay(at - clock.Elapsed, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (cancellation.IsCancellationRequested) break;
                try
                {
                    var outcomes = await LookAsync(watch, cancellation).ConfigureAwait(false);
                    if (!json && outcomes.Count > 0) IngestSummary.Total(outcomes, outcomes.Sum(o => o.Seconds), terminal);
                }
                catch (OperationCanceledException)
                {
                    // What was not committed is loaded at the next start.
                }

                var every = watches.First(w => w.Watch == watch).Every;
                due[watch] = clock.Elapsed + (watch.Waits && settle < every ? settle : every);
            }

            return ExitCodes.Ok;
        }

        private async Task<List<FileOutcome>> LookAsync(DropWatch watch, CancellationToken cancellation)
        {
            var outcomes = new List<FileOutcome>();
            await foreach (var outcome in watch.LookAsync(cancellation).ConfigureAwait(false))
            {
                outcomes.Add(outcome);
                if (json) terminal.Print(IngestSummary.Json(outcome, terminal.Text));
                if (outcome.Problem is not null) terminal.Fail(outcome.Problem);
            }

            return outcomes;
        }
    }
}
