using System.CommandLine;
using System.Diagnostics;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Services.Views.Run;

namespace Yunnao.Cli.View;

/// <summary><c>yunnao view run &lt;view&gt; &lt;files and folders&gt;</c>: the rows of a view.</summary>
internal static class RunCommand
{
    private const int MostOnTerminal = 1000;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private static readonly string[] s_formats = ["table", "csv", "json", "ndjson", "parquet", "arrow"];

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var named = new Argument<string>("view") { Description = text["view.view"] };
        var paths = new Argument<string[]>("sources") { Description = text["view.run.sources"], Arity = ArgumentArity.ZeroOrMore };
        var format = new Option<string>("--format", "-f") { Description = text["view.run.format"], HelpName = string.Join('|', s_formats) };
        format.AcceptOnlyFromAmong(s_formats);
        var file = new Option<string>("--out", "-o") { Description = text["view.run.out"], HelpName = "FILE" };
        var memory = new Option<int>("--memory") { Description = text["view.run.memory"], HelpName = "MB" };
        var landed = new Option<bool>("--landed") { Description = text["view.run.landed"] };
        var reason = new Option<string>("--reason") { Description = text["object.reason"], HelpName = "TEXT" };
        var command = new Command("run", text["view.run"]) { named, paths, format, file, memory, landed, reason };
        command.SetAction((parsed, cancellation) =>
        {
            var run = new Run(terminal, parsed.GetValue(file), FormatOf(parsed.GetValue(format), parsed.GetValue(file)), parsed.GetValue(memory));
            if (!ViewFiles.Read(parsed.GetRequiredValue(named), parsed, terminal).Try(out var view, out var problem)) return Task.FromResult(terminal.Fail(problem));
            if (parsed.GetValue(landed)) return LandedRun.RunAsync(parsed, terminal, view, parsed.GetValue(paths)!, parsed.GetValue(reason), folder => run.OverFilesAsync(view, [folder], cancellation), cancellation);
            return run.OverFilesAsync(view, parsed.GetValue(paths)!, cancellation);
        });
        return command;
    }

    private static string FormatOf(string? said, string? file) => said ?? Path.GetExtension(file) switch
    {
        ".csv" => "csv",
        ".json" => "json",
        ".ndjson" or ".jsonl" => "ndjson",
        ".parquet" => "parquet",
        ".arrow" or ".arrows" => "arrow",
        _ => file is null ? "table" : "csv",
    };

    /// <summary>How a view is run and where its rows go.</summary>
    private sealed record Run(Terminal Terminal, string? File, string Format, int MemoryMb)
    {
        public async Task<int> OverFilesAsync(Services.Views.View view, string[] paths, CancellationToken cancellation)
        {
            if (Format is "parquet" or "arrow" && File is null) return Terminal.Fail(new(ProblemKind.Incorrect, "view.format", Terminal.Text.Format("view.run.binary", Format)));
            if (!ViewSources.Find(paths.Length == 0 ? ["."] : paths).Try(out var sources, out var problem)) return Terminal.Fail(problem);
            var clock = Stopwatch.StartNew();
            using var engine = ViewEngine.Open(MemoryMb);
            if (File is not null && Format is "csv" or "ndjson" or "parquet")
            {
                var wanted = Format switch { "csv" => ExportFormat.Csv, "parquet" => ExportFormat.Parquet, _ => ExportFormat.Ndjson };
                var exporting = Task.Run(() => engine.Export(view, sources, File!, wanted, cancellation), CancellationToken.None);
                using (var line = new StatusLine(Terminal))
                {
                    while (await Task.WhenAny(exporting, Task.Delay(Tick, CancellationToken.None)).ConfigureAwait(false) != exporting)
                        line.Show(Terminal.Text.Format("view.run.running", sources.Files, clock.Elapsed.TotalSeconds));
                }

                if (!(await exporting.ConfigureAwait(false)).Try(out var count, out problem)) return Terminal.Fail(problem);
                Terminal.Error.WriteLine(Terminal.Text.Format("view.run.written", count, File, clock.Elapsed.TotalSeconds));
                return ExitCodes.Ok;
            }

            if (!engine.Run(view, sources, cancellation).Try(out var rows, out problem)) return Terminal.Fail(problem);
            await using (rows.ConfigureAwait(false)) return await PrintAsync(rows, clock, cancellation).ConfigureAwait(false);
        }

        private async Task<int> PrintAsync(RowStream rows, Stopwatch clock, CancellationToken cancellation)
        {
            try
            {
                if (File is null)
                {
                    await new AnswerPrinter(Terminal, Printed(), MostOnTerminal).PrintAsync(rows, cancellation).ConfigureAwait(false);
                    return ExitCodes.Ok;
                }

                var written = Format == "arrow" ? await ArrowFile.WriteAsync(rows, File, cancellation).ConfigureAwait(false) : await AnswerFile.WriteAsync(rows, File, Printed(), Terminal, cancellation).ConfigureAwait(false);
                if (!written.Try(out var count, out var problem)) return Terminal.Fail(problem);
                Terminal.Error.WriteLine(Terminal.Text.Format("view.run.written", count, File, clock.Elapsed.TotalSeconds));
                return ExitCodes.Ok;
            }
            catch (QueryFailedException e)
            {
                return Terminal.Fail(e.Problem);
            }
        }

        private AnswerFormat Printed() => Format switch
        {
            "csv" => AnswerFormat.Csv,
            "json" => AnswerFormat.JsonArray,
            "ndjson" => AnswerFormat.Json,
            _ => AnswerFormat.Table,
        };
    }
}
