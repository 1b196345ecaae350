using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Synthetic;

namespace Yunnao.Cli.City;

/// <summary><c>yunnao city --residents N --months M --seed S --out DIR</c>: what the information systems of a made-up city would send, with the truth beside it.</summary>
internal static class CityCommand
{
    private const long DefaultResidents = 20_000;
    private const int DefaultMonths = 12;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var residents = new Option<long>("--residents") { Description = text["city.residents"], DefaultValueFactory = _ => DefaultResidents };
        var months = new Option<int>("--months") { Description = text["city.months"], DefaultValueFactory = _ => DefaultMonths };
        var seed = new Option<ulong>("--seed") { Description = text["city.seed"], DefaultValueFactory = _ => 1UL };
        var start = new Option<string>("--start") { Description = text["city.start"], HelpName = "YYYY-MM", DefaultValueFactory = _ => "2025-01" };
        var dirty = new Option<double>("--dirty") { Description = text["city.dirty"], DefaultValueFactory = _ => 0.005 };
        var folder = new Option<string>("--out") { Description = text["city.out"], HelpName = "DIR", DefaultValueFactory = _ => "city" };
        var command = new Command("city", text["city"]) { residents, months, seed, start, dirty, folder };
        command.SetAction((parsed, cancellation) => Task.FromResult(
            DateOnly.TryParseExact(parsed.GetValue(start) + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
                ? Run(parsed, terminal, new() { Residents = parsed.GetValue(residents), Months = parsed.GetValue(months), Seed = parsed.GetValue(seed), Start = first, Dirty = parsed.GetValue(dirty), Folder = parsed.GetValue(folder)!, Tables = Tables(parsed, terminal) }, cancellation)
                : terminal.Fail(new(ProblemKind.Incorrect, "city.options", text["city.bad-start"]))));
        return command;
    }

    /// <summary>The folder of the city's own tables.</summary>
    public static string Tables(ParseResult parsed, Terminal terminal) => Path.Combine(RegistryFolder.Of(parsed, terminal), "synthetic");

    /// <summary>Makes a city with progress on standard error; also used by the demo.</summary>
    public static Result<CityReport> Make(ParseResult parsed, Terminal terminal, CityOptions options, CancellationToken cancellation)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return problem;
        using var line = new StatusLine(terminal);
        return Synthetic.City.Make(registry, options, p => line.Show(terminal.Text.Format("city.progress", p.Residents, p.Total, p.Bytes / 1e6)), cancellation);
    }

    private static int Run(ParseResult parsed, Terminal terminal, CityOptions options, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        if (!Make(parsed, terminal, options, cancellation).Try(out var report, out var problem)) return terminal.Fail(problem);
        var text = terminal.Text;
        var folders = new Listing(text["city.folder"], text["city.source"], text["city.institution"], text["city.rows"], "MB");
        foreach (var f in report.Institutions) folders.Add(f.Folder, f.Source, f.Institution, $"{f.Rows}", $"{f.Bytes / 1e6:0.0}");
        terminal.Print(folders);
        var seconds = clock.Elapsed.TotalSeconds;
        terminal.Print(text.Format("city.summary", report.Residents, report.Births, report.Deaths, report.TotalRows, report.Errors.Values.Sum(), report.Bytes / 1e6, seconds, report.TotalRows / seconds));
        terminal.Print(text.Format("city.next", options.Folder));
        return ExitCodes.Ok;
    }
}
