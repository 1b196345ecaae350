using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Reports;
using Yunnao.Services.Surveillance.Analysis;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic seir</c>: the SEIR model fitted to an epidemic's daily cases, and what it lets expect of the next days.</summary>
internal static class SeirCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var population = new Option<double>("--population") { Description = text["epidemic.seir.population"], HelpName = "PEOPLE", Required = true };
        var latent = new Option<double>("--latent") { Description = text["epidemic.seir.latent"], HelpName = "DAYS", Required = true };
        var infectious = new Option<double>("--infectious") { Description = text["epidemic.seir.infectious"], HelpName = "DAYS", Required = true };
        var reported = new Option<double>("--reported") { Description = text["epidemic.seir.reported"], HelpName = "SHARE", DefaultValueFactory = _ => 1 };
        var ahead = new Option<int>("--ahead") { Description = text["epidemic.seir.ahead"], HelpName = "DAYS", DefaultValueFactory = _ => 14 };
        var command = new Command("seir", text["epidemic.seir"]) { population, latent, infectious, reported, ahead };
        var (series, plot) = (new SeriesOptions(terminal, command), new PlotOptions(terminal, command));
        command.SetAction((parsed, cancellation) => series.UseAsync(
            parsed, SeriesGroup.None,
            found => Print(parsed, terminal, plot, found, new()
            {
                Population = parsed.GetValue(population), LatentDays = parsed.GetValue(latent), InfectiousDays = parsed.GetValue(infectious), Reported = parsed.GetValue(reported),
            }, parsed.GetValue(ahead)), cancellation));
        return command;
    }

    private static int Print(ParseResult parsed, Terminal terminal, PlotOptions plot, IReadOnlyList<CountSeries> series, SeirOptions options, int ahead)
    {
        var text = terminal.Text;
        var listing = new Listing(text["epidemic.column.series"], text["epidemic.column.day"], text["epidemic.column.cases"], text["epidemic.column.expected"]);
        var curves = new List<Curve>();
        foreach (var one in series)
        {
            if (one.Weekly) return terminal.Fail(new(ProblemKind.Incorrect, "epidemic.daily-only", text["epidemic.daily-only"]));
            if (!SeirFit.Fit(one.Counts, options, ahead).Try(out var fit, out var problem)) return terminal.Fail(problem);
            for (var i = 0; i < fit.Expected.Length; i++)
                listing.Add(one.Name, $"{one.DateOf(i):yyyy-MM-dd}", i < one.Counts.Length ? Curves.Number(one.Counts[i]) : "", Curves.Number(fit.Expected[i]));
            var (r0, start) = (fit.ReproductionNumber, fit.InitiallyInfectious);
            terminal.Error.WriteLine(text.Format(
                "epidemic.seir.summary", one.Name, $"{r0.Value:0.00}", $"{r0.Lower:0.00}", $"{r0.Upper:0.00}", Curves.Number(start.Value), Curves.Number(start.Lower),
                Curves.Number(start.Upper), $"{one.DateOf(Array.IndexOf(fit.Expected, fit.Expected.Max())):yyyy-MM-dd}"));
            IReadOnlyList<DateOnly> days = [.. Enumerable.Range(0, fit.Expected.Length).Select(one.DateOf)];
            curves.Add(new(one.Name, one.Axis(terminal), [one.Bars(terminal), new("SEIR", CurveStyle.Line, days, fit.Expected)]));
        }

        terminal.Print(listing);
        return plot.Draw(parsed, [.. curves.Take(12)]);
    }
}
