using System.CommandLine;
using System.Diagnostics;
using Yunnao.Synthetic;

namespace Yunnao.Cli.Bench;

/// <summary><c>yunnao bench city</c>: how fast the synthetic city is made.</summary>
internal static class CityBench
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(2);

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var residents = BenchOptions.Number("--residents", 20_000, text["bench.city.residents"]);
        var months = BenchOptions.Number("--months", 12, text["bench.city.months"]);
        var command = new Command("city", text["bench.city"]) { residents, months, options.Dir, options.Keep };
        command.SetAction((parsed, cancellation) =>
        {
            using var folder = options.Folder("city", parsed);
            return Task.FromResult(Run(parsed, folder, (int)parsed.GetValue(residents), (int)parsed.GetValue(months), terminal, cancellation));
        });
        return command;
    }

    private static int Run(ParseResult parsed, BenchFolder folder, int residents, int months, Terminal terminal, CancellationToken cancellation)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
        var city = new CityOptions
        {
            Residents = residents, Months = months, Folder = folder.Fresh("city"), Tables = Path.Combine(RegistryFolder.Of(parsed, terminal), "synthetic"),
        };
        PeakMemory.Forget();
        var (clock, reported) = (Stopwatch.StartNew(), TimeSpan.Zero);
        void Report(CityProgress progress)
        {
            if (clock.Elapsed - reported < ReportEvery) return;
            reported = clock.Elapsed;
            terminal.Error.WriteLine(terminal.Text.Format("bench.city.progress", progress.Residents, progress.Total, progress.Bytes / 1e6));
        }

        if (!Synthetic.City.Make(registry, city, Report, cancellation).Try(out var report, out problem)) return terminal.Fail(problem);
        var seconds = clock.Elapsed.TotalSeconds;
        terminal.Print(new BenchLine("city", "rows/s")
        {
            Ours = report.TotalRows / seconds, RivalName = "none: Synthea needs Java, which this run does not start", Rows = report.TotalRows, PeakMb = PeakMemory.Mb,
        }
            .With("mb_per_s", report.Bytes / 1e6 / seconds).With("mb", report.Bytes / 1e6).With("residents", report.Residents).With("months", months)
            .With("institutions", report.Institutions.Count).With("seconds", seconds).ToString());
        return ExitCodes.Ok;
    }
}
