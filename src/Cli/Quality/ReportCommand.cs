using System.CommandLine;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Services.Quality;
using Yunnao.Standards.Search;

namespace Yunnao.Cli.Quality;

/// <summary><c>yunnao quality report</c>: counts what changed since the last time, and shows or writes the report.</summary>
internal static class ReportCommand
{
    private const int UsualMeasures = 20;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var institution = new Option<string>("--institution") { Description = text["quality.institution"], HelpName = "CODE" };
        var dataSet = new Option<string>("--data-set") { Description = text["quality.data-set"], HelpName = "ID" };
        var (from, to) = (new MonthOption(terminal, "--from", "quality.from"), new MonthOption(terminal, "--to", "quality.to"));
        var files = new Option<string[]>("--out") { Description = text["quality.out"], HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var most = new Option<int>("--most") { Description = text["quality.most"], HelpName = "N", DefaultValueFactory = _ => UsualMeasures };
        var font = Epidemic.PlotOptions.FontOption(terminal);
        var command = new Command("report", text["quality.report"]) { institution, dataSet, from.Option, to.Option, files, most, font };
        command.SetAction((parsed, cancellation) => LakeRoom.UseEmbeddedAsync(parsed, terminal, write: true, async room =>
        {
            if (!from.Of(parsed).Try(out var first, out var problem) || !to.Of(parsed).Try(out var last, out problem)) return terminal.Fail(problem);
            if (parsed.GetValue(dataSet) is { } id && !RegistryLookup.FindDataSet(room.Registry, id).Try(out _, out problem)) return terminal.Fail(problem);
            var filter = new QualityFilter(parsed.GetValue(institution), parsed.GetValue(dataSet), first.Day, last.Day);
            var counted = await Task.Run(() => new QualityCounter(room.Registry, room.Shapes, room.Embedded).Run(cancellation), cancellation).ConfigureAwait(false);
            if (!counted.Try(out var count, out problem)) return terminal.Fail(problem);
            var read = await new QualityReader(room.Registry, room.Shapes, room.Embedded, room.Scope).ReadAsync(filter, cancellation).ConfigureAwait(false);
            if (!read.Try(out var report, out problem)) return terminal.Fail(problem);
            var page = new QualityPage(report, room.Registry, terminal);
            if (parsed.GetValue(files) is not { Length: > 0 } named) page.Print(parsed.GetValue(most));
            else if (Write(page, named, parsed, font, terminal) is { } failed) return terminal.Fail(failed);
            terminal.Error.WriteLine(text.Format(count.Whole ? "quality.counted-whole" : "quality.counted", count.Months, count.Scans, count.Counts, count.Duration.TotalSeconds));
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static Problem? Write(QualityPage page, string[] files, ParseResult parsed, Option<string> font, Terminal terminal)
    {
        if (!Epidemic.PlotOptions.Font(parsed, font, terminal).Try(out var face, out var problem)) return problem;
        foreach (var file in files)
        {
            if (page.Save(file, face) is { } failed) return failed;
            terminal.Print(terminal.Text.Format("quality.written", file));
        }

        return null;
    }
}
