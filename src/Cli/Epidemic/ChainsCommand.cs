using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Reports;
using Yunnao.Services.Surveillance.Analysis;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic chains</c>: who infected whom, from a line list and its contacts, and the serial interval of the pairs.</summary>
internal static class ChainsCommand
{
    private const int LongestDays = 120;
    private const int FewestPairs = 10;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        Option<string> Name(string option, string usual) => new(option) { Description = text[$"epidemic.chains.{option[2..]}"], HelpName = "COLUMN", DefaultValueFactory = _ => usual };
        var cases = new Option<string>("--cases") { Description = text["epidemic.chains.cases"], HelpName = "FILE", Required = true };
        var contacts = new Option<string>("--contacts") { Description = text["epidemic.chains.contacts"], HelpName = "FILE", Required = true };
        var (id, onset, from, to) = (Name("--id", "id"), Name("--onset", "onset"), Name("--infector", "from"), Name("--infected", "to"));
        var mean = new Option<double?>("--si-mean") { Description = text["epidemic.chains.mean"], HelpName = "DAYS" };
        var sd = new Option<double?>("--si-sd") { Description = text["epidemic.rt.sd"], HelpName = "DAYS" };
        var command = new Command("chains", text["epidemic.chains"]) { cases, contacts, id, onset, from, to, mean, sd };
        var plot = new PlotOptions(terminal, command);
        command.SetAction((parsed, _) =>
        {
            var files = new LineListFiles(
                parsed.GetRequiredValue(cases), parsed.GetRequiredValue(contacts), parsed.GetValue(id)!, parsed.GetValue(onset)!, parsed.GetValue(from)!, parsed.GetValue(to)!);
            if (!LineList.Read(files).Try(out var list, out var problem)) return Task.FromResult(terminal.Fail(problem));
            if (!Interval(list, parsed.GetValue(mean), parsed.GetValue(sd), terminal).Try(out var interval, out problem)) return Task.FromResult(terminal.Fail(problem));
            if (!TransmissionChains.Build(list.Onsets, list.Links, interval).Try(out var chains, out problem)) return Task.FromResult(terminal.Fail(problem));
            Print(list, chains, terminal);
            return Task.FromResult(plot.Draw(parsed, [Picture(list, chains, terminal)]));
        });
        return command;
    }

    /// <summary>The serial interval that was given, or that of the pairs; made discrete and scaled to add up to one.</summary>
    private static Result<double[]> Interval(LineList list, double? mean, double? sd, Terminal terminal)
    {
        var pairs = list.Pairs();
        if (pairs.Count >= FewestPairs && SerialIntervalEstimate.Fit(pairs).Try(out var fitted, out _))
        {
            terminal.Error.WriteLine(terminal.Text.Format(
                "epidemic.chains.interval", pairs.Count, $"{fitted.Mean.Value:0.0}", $"{fitted.Mean.Lower:0.0}", $"{fitted.Mean.Upper:0.0}", $"{fitted.Sd.Value:0.0}",
                $"{fitted.Sd.Lower:0.0}", $"{fitted.Sd.Upper:0.0}"));
            (mean, sd) = (mean ?? Math.Max(1.01, fitted.Mean.Value), sd ?? fitted.Sd.Value);
        }

        if (mean is null || sd is null) return new Problem(ProblemKind.Incorrect, "epidemic.no-interval", terminal.Text.Format("epidemic.no-interval", pairs.Count, FewestPairs));
        if (!SerialInterval.Discretise(mean.Value, sd.Value, LongestDays).Try(out var weights, out var problem)) return problem;
        var sum = weights.Sum();
        return Array.ConvertAll(weights, w => w / sum);
    }

    private static void Print(LineList list, TransmissionChains chains, Terminal terminal)
    {
        var text = terminal.Text;
        var members = Enumerable.Range(0, list.Cases.Count).GroupBy(i => chains.Chain[i]).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).ToList();
        var listing = new Listing(
            text["epidemic.chains.start"], text["epidemic.column.onset"], text["epidemic.column.cases"], text["epidemic.chains.generations"], text["epidemic.chains.most"], text["epidemic.column.last"]);
        foreach (var chain in members.Where(g => g.Count() > 1))
        {
            var most = chain.MaxBy(i => chains.Offspring[i]);
            listing.Add(
                list.Cases[chain.Key], Day(list.Onsets[chain.Key]), $"{chain.Count()}", $"{chain.Max(i => chains.Generation[i])}", $"{list.Cases[most]}: {chains.Offspring[most]}",
                Day(chain.Max(i => double.IsNaN(list.Onsets[i]) ? double.NegativeInfinity : list.Onsets[i])));
        }

        terminal.Print(listing);
        var (mean, dispersion) = chains.OffspringLaw();
        terminal.Error.WriteLine(text.Format(
            "epidemic.chains.summary", list.Cases.Count, members.Count(g => g.Count() > 1), members.Count(g => g.Count() == 1), chains.Generation.Max(), $"{mean:0.00}",
            Curves.Number(dispersion, 2), $"{100 * chains.ShareInfecting(0.8):0}"));
        if (list.Strangers > 0) terminal.Error.WriteLine(text.Format("epidemic.chains.strangers", list.Strangers));
    }

    private static Curve Picture(LineList list, TransmissionChains chains, Terminal terminal)
    {
        var text = terminal.Text;
        var dated = Enumerable.Range(0, list.Cases.Count).Where(i => !double.IsNaN(list.Onsets[i])).ToList();
        var first = dated.Count == 0 ? 0 : (int)dated.Min(i => list.Onsets[i]);
        var days = dated.Count == 0 ? 0 : (int)dated.Max(i => list.Onsets[i]) - first + 1;
        var (all, starts) = (new double[days], new double[days]);
        foreach (var i in dated)
        {
            all[(int)list.Onsets[i] - first]++;
            if (chains.Infector[i] < 0) starts[(int)list.Onsets[i] - first]++;
        }

        IReadOnlyList<DateOnly> axis = [.. Enumerable.Range(0, days).Select(i => DateOnly.FromDayNumber(first + i))];
        return new(text["epidemic.chains.title"], text["epidemic.cases-day"],
        [
            new(text["epidemic.cases-day"], CurveStyle.Bars, axis, all), new(text["epidemic.chains.unlinked"], CurveStyle.Line, axis, starts),
        ]);
    }

    private static string Day(double number) => double.IsFinite(number) ? $"{DateOnly.FromDayNumber((int)number):yyyy-MM-dd}" : "–";
}
