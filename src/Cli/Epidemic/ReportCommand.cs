using System.CommandLine;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Reports;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic report</c>: the weekly bulletin as HTML and PDF.</summary>
internal static class ReportCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var to = new DayOption(terminal, "--to", "epidemic.report.to");
        var region = new Option<string>("--region") { Description = text["epidemic.region"], HelpName = "CODE", DefaultValueFactory = _ => "" };
        var files = new Option<string[]>("--out") { Description = text["epidemic.report.out"], HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true };
        var font = PlotOptions.FontOption(terminal);
        var command = new Command("report", text["epidemic.report"]) { to.Option, region, files, font };
        command.SetAction((parsed, cancellation) => LakeRoom.UseAsync(parsed, terminal, write: false, async room =>
        {
            if (!to.Of(parsed).Try(out var last, out var problem)) return terminal.Fail(problem);
            if (!PlotOptions.Font(parsed, font, terminal).Try(out var face, out problem)) return terminal.Fail(problem);
            var bulletin = await new Bulletin(room, terminal, parsed.GetValue(region)!).WriteAsync(last.Day, cancellation).ConfigureAwait(false);
            if (!bulletin.Try(out var report, out problem)) return terminal.Fail(problem);
            foreach (var file in parsed.GetRequiredValue(files))
            {
                if (Save(report, file, face) is { } failed) return terminal.Fail(failed);
                terminal.Print(text.Format("epidemic.plotted", file));
            }

            return ExitCodes.Ok;
        }));
        return command;
    }

    private static Problem? Save(ReportDocument report, string file, ReportFont font)
    {
        switch (Path.GetExtension(file).ToLowerInvariant())
        {
            case ".pdf":
                return PdfReport.Save(report, file, font);
            case ".html" or ".htm":
                try
                {
                    File.WriteAllText(file, HtmlReport.Write(report, font));
                    return null;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return new(ProblemKind.Unavailable, "report.unwritable", "The file cannot be written.", new(file));
                }

            default:
                return new(ProblemKind.Incorrect, "report.kind", "A bulletin is a .html or a .pdf file.", new(file));
        }
    }
}
