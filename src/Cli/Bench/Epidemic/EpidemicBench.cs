using System.CommandLine;
using Yunnao.Kernel;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary><c>yunnao bench epidemic</c>: the surveillance promises, one line of JSON a part.</summary>
internal static class EpidemicBench
{
    private static readonly Dictionary<string, Func<EpidemicRun, IEnumerable<BenchLine>>> s_parts = new()
    {
        ["newport"] = NewportPart.Run,
        ["rt"] = ReproductionPart.Run,
        ["rescore"] = RescorePart.Run,
        ["scan"] = ScanPart.Run,
        ["city"] = CityPart.Run,
        ["replay"] = ReplayPart.Run,
    };

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var part = new Option<string[]>("--part") { Description = text["bench.epidemic.part"], HelpName = "PART", AllowMultipleArgumentsPerToken = true };
        part.AcceptOnlyFromAmong([.. s_parts.Keys]);
        var data = new Option<string?>("--data") { Description = text["bench.epidemic.data"], HelpName = "DIR" };
        var counties = BenchOptions.Number("--counties", 3000, text["bench.epidemic.counties"]);
        var diseases = BenchOptions.Number("--diseases", 60, text["bench.epidemic.diseases"]);
        var seeds = BenchOptions.Number("--seeds", 100, text["bench.epidemic.seeds"]);
        var first = BenchOptions.Number("--first-seed", 1, text["bench.epidemic.first-seed"]);
        var command = new Command("epidemic", text["bench.epidemic"]) { part, data, counties, diseases, seeds, first };
        command.SetAction((parsed, cancellation) =>
        {
            var run = new EpidemicRun
            {
                Data = EpidemicData.Find(parsed.GetValue(data)),
                Counties = (int)parsed.GetValue(counties),
                Diseases = (int)parsed.GetValue(diseases),
                Seeds = (int)parsed.GetValue(seeds),
                FirstSeed = (ulong)parsed.GetValue(first),
                Say = (key, arguments) => terminal.Error.WriteLine(text.Format(key, arguments)),
                Cancellation = cancellation,
            };
            var chosen = parsed.GetValue(part) is { Length: > 0 } some ? some : [.. s_parts.Keys];
            foreach (var name in chosen.Distinct())
            {
                PeakMemory.Forget();
                foreach (var line in s_parts[name](run))
                    terminal.Print(line.ToString());
            }

            return Task.FromResult(cancellation.IsCancellationRequested ? ExitCodes.Of(ProblemKind.Interrupted) : ExitCodes.Ok);
        });
        return command;
    }
}
