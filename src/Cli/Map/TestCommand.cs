using System.CommandLine;
using Yunnao.Cli.Ingest;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Services.Ingest;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Map;

/// <summary><c>yunnao map test &lt;files&gt; --mapping &lt;file&gt;</c>: what a mapping would let in, tried in a folder that is thrown away.</summary>
internal static class TestCommand
{
    private const string Reasons = "SELECT data_set, reason, count(*) AS rows FROM (SELECT data_set, unnest(reasons) AS reason FROM ops.quarantine) GROUP BY ALL ORDER BY rows DESC, data_set, reason";

    /// <summary>Values that are no code, the most frequent first: what a code map should name next. The coverage is of the item in all rows.</summary>
    private const string UnknownCodes = """
        WITH refused AS (
          SELECT data_set, substr(reason, 11) AS item, json_extract_string("values", '$."' || substr(reason, 11) || '"') AS value
          FROM (SELECT data_set, "values", unnest(reasons) AS reason FROM ops.quarantine) WHERE reason LIKE 'value-set %'),
        received AS (SELECT data_set, sum(received) AS received FROM ops.batch_count GROUP BY data_set)
        SELECT data_set, item, value, count(*) AS rows, round(1 - sum(count(*)) OVER (PARTITION BY data_set, item) / any_value(received), 3) AS coverage
        FROM refused JOIN received USING (data_set) GROUP BY data_set, item, value ORDER BY rows DESC, data_set, item, value LIMIT 40
        """;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var paths = new Argument<string[]>("paths") { Description = text["ingest.paths"], Arity = ArgumentArity.OneOrMore };
        var mapping = new Option<string>("--mapping", "-m") { Description = text["map.mapping"], HelpName = "FILE" };
        var source = new Option<string>("--source", "-s") { Description = text["ingest.source"], HelpName = "MAPPING" };
        var command = new Command("test", text["map.test"]) { paths, mapping, source };
        command.SetAction(async (parsed, cancellation) =>
        {
            var scratch = Directory.CreateTempSubdirectory("yunnao-map-").FullName;
            try
            {
                return await RunAsync(parsed, terminal, scratch, parsed.GetValue(paths)!, parsed.GetValue(mapping), parsed.GetValue(source), cancellation).ConfigureAwait(false);
            }
            finally
            {
                Directory.Delete(scratch, recursive: true);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, string scratch, string[] paths, string? mapping, string? source, CancellationToken cancellation)
    {
        var standards = RegistryFolder.Of(parsed, terminal);
        if (mapping is not null)
        {
            if (!File.Exists(mapping)) return terminal.Fail(new(ProblemKind.NotFound, "ingest.no-file", terminal.Text["map.no-mapping"], new(mapping)));
            standards = With(standards, mapping, Path.Combine(scratch, "standards"));
            source ??= File.ReadLines(mapping).FirstOrDefault(l => l.StartsWith("id:", StringComparison.Ordinal))?[3..].Trim();
        }

        if (!Platform.Open(standards, Path.Combine(scratch, "data")).Try(out var platform, out var problem)) return terminal.Fail(problem);
        using (platform)
        {
            var outcomes = new List<FileOutcome>();
            var clock = System.Diagnostics.Stopwatch.StartNew();
            using (var progress = new ProgressLine(terminal))
                await foreach (var outcome in platform.Ingest.IngestAsync(new(paths, source, Report: true), progress, cancellation).ConfigureAwait(false)) outcomes.Add(outcome);
            foreach (var failed in outcomes.Select(o => o.Problem).OfType<Problem>()) terminal.Fail(failed);
            IngestSummary.Total(outcomes, clock.Elapsed.TotalSeconds, terminal);
            if (outcomes.Sum(o => o.Batch?.Quarantined ?? 0) > 0)
            {
                await ShowAsync(terminal, platform, Reasons, cancellation).ConfigureAwait(false);
                await ShowAsync(terminal, platform, UnknownCodes, cancellation).ConfigureAwait(false);
            }

            Unread(terminal, outcomes);
            return outcomes.FirstOrDefault(o => o.Problem is not null)?.Problem is { } first ? ExitCodes.Of(first.Kind) : ExitCodes.Ok;
        }
    }

    /// <summary>The registry with a mapping file, and the code maps in the folder <c>codes</c> beside it, laid over it.</summary>
    private static string With(string standards, string mapping, string target)
    {
        foreach (var file in Directory.EnumerateFiles(standards, "*", SearchOption.AllDirectories))
            Copy(file, Path.Combine(target, Path.GetRelativePath(standards, file)));
        Copy(mapping, Path.Combine(target, "mappings", Path.GetFileName(mapping)), draft: true);
        var codes = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(mapping))!, "codes");
        if (Directory.Exists(codes))
            foreach (var file in Directory.EnumerateFiles(codes, "*.csv")) Copy(file, Path.Combine(target, "mappings", "codes", Path.GetFileName(file)));
        return target;
    }

    /// <param name="draft">A draft is not in force, but it is what is to be tried.</param>
    private static void Copy(string from, string to, bool draft = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (draft) File.WriteAllLines(to, File.ReadLines(from).Select(l => l.TrimEnd() == "status: draft" ? "status: standard" : l));
        else File.Copy(from, to, overwrite: true);
    }

    private static async Task ShowAsync(Terminal terminal, Platform platform, string sql, CancellationToken cancellation)
    {
        var answer = await platform.Lake.RunSqlAsync(LocalAdministrator.ScopeOver(platform.Registry.DataSets.Values, "map test"), sql, cancellation).ConfigureAwait(false);
        if (!answer.Try(out var rows, out var problem))
        {
            terminal.Fail(problem);
            return;
        }

        await using (rows.ConfigureAwait(false))
            await new AnswerPrinter(terminal, AnswerFormat.Table, int.MaxValue).PrintAsync(rows, cancellation).ConfigureAwait(false);
    }

    private static void Unread(Terminal terminal, List<FileOutcome> outcomes)
    {
        var unread = outcomes.SelectMany(o => o.Report).Where(u => !u.Mapped && u.Count > 0).Select(u => u.Path).Distinct().ToList();
        if (unread.Count > 0) terminal.Print(terminal.Text.Format("map.unread", string.Join(", ", unread)));
    }
}
