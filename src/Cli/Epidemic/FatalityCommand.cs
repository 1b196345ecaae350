using System.CommandLine;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Analysis;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic fatality</c>: the share of cases that die, among all cases and among those whose outcome is known by now.</summary>
internal static class FatalityCommand
{
    private const int LongestDays = 365;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var deaths = new Option<string>("--deaths") { Description = text["epidemic.fatality.deaths"], HelpName = "ID|COLUMN", Required = true };
        var mean = new Option<double>("--delay-mean") { Description = text["epidemic.fatality.mean"], HelpName = "DAYS", Required = true };
        var sd = new Option<double>("--delay-sd") { Description = text["epidemic.fatality.sd"], HelpName = "DAYS", Required = true };
        var command = new Command("fatality", text["epidemic.fatality"]) { deaths, mean, sd };
        var series = new SeriesOptions(terminal, command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!SerialInterval.Discretise(parsed.GetValue(mean), parsed.GetValue(sd), LongestDays).Try(out var delay, out var problem)) return terminal.Fail(problem);
            if (!series.Query(parsed).Try(out var query, out problem)) return terminal.Fail(problem);
            var died = parsed.GetRequiredValue(deaths);
            if (series.Csv(parsed) is { } file)
            {
                if (!CsvSeries.Read(file).Try(out var counts, out problem) || !CsvSeries.Read(file with { Count = died }).Try(out var lost, out problem)) return terminal.Fail(problem);
                return Print(counts.Zip(lost), delay, terminal);
            }

            if (query is null) return terminal.Fail(new(ProblemKind.Incorrect, "epidemic.no-series", text["epidemic.no-series"]));
            return await LakeRoom.UseAsync(parsed, terminal, write: false, async room =>
            {
                var reader = new SeriesReader(room.Lake, room.Scope);
                if (!(await reader.SeriesAsync(query, SeriesGroup.None, cancellation).ConfigureAwait(false)).Try(out var counts, out var failed)
                    || !(await reader.SeriesAsync(query with { Signal = died }, SeriesGroup.None, cancellation).ConfigureAwait(false)).Try(out var lost, out failed))
                {
                    return terminal.Fail(failed);
                }

                var name = new SignalNames(room.Registry).Signal(query.Signal).In(text.Language);
                return Print(counts.Select(c => (c with { Name = name }, lost.FirstOrDefault() ?? c with { Counts = new double[c.Counts.Length] })), delay, terminal);
            }).ConfigureAwait(false);
        });
        return command;
    }

    private static int Print(IEnumerable<(CountSeries Cases, CountSeries Deaths)> pairs, double[] delay, Terminal terminal)
    {
        var text = terminal.Text;
        var listing = new Listing(
            text["epidemic.column.series"], text["epidemic.column.cases"], text["epidemic.fatality.died"], text["epidemic.fatality.crude"], text["epidemic.fatality.corrected"],
            text["epidemic.column.lower"], text["epidemic.column.higher"], text["epidemic.fatality.known"]);
        foreach (var (cases, deaths) in pairs)
        {
            if (cases.Weekly) return terminal.Fail(new(ProblemKind.Incorrect, "epidemic.daily-only", text["epidemic.daily-only"]));
            var aligned = new double[cases.Counts.Length];
            for (var i = 0; i < aligned.Length; i++)
                aligned[i] = deaths.IndexOf(cases.DateOf(i)) is var at && at >= 0 && at < deaths.Counts.Length ? deaths.Counts[at] : 0;
            if (!CaseFatality.Estimate(cases.Counts, aligned, delay).Try(out var found, out var problem)) return terminal.Fail(problem);
            listing.Add(
                cases.Name, Curves.Number(cases.Counts.Sum()), Curves.Number(aligned.Sum()), Percent(found.Crude.Value), Percent(found.Corrected.Value), Percent(found.Corrected.Lower),
                Percent(found.Corrected.Upper), Percent(found.KnownShare));
        }

        if (listing.Rows.Count == 0) return terminal.Fail(new(ProblemKind.NotFound, "epidemic.no-cases", text["epidemic.no-cases"]));
        terminal.Print(listing);
        return ExitCodes.Ok;
    }

    private static string Percent(double share) => $"{100 * share:0.0} %";
}
