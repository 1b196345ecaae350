using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Reports;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>--plot</c> and <c>--font</c>.</summary>
internal sealed class PlotOptions
{
    private readonly Option<string> _plot;
    private readonly Option<string> _font;
    private readonly Terminal _terminal;

    public PlotOptions(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _plot = new("--plot") { Description = terminal.Text["epidemic.plot"], HelpName = "FILE" };
        _font = FontOption(terminal);
        command.Add(_plot);
        command.Add(_font);
    }

    public static Option<string> FontOption(Terminal terminal) => new("--font") { Description = terminal.Text["epidemic.font"], HelpName = "FILE" };

    /// <summary>The font of <c>--font</c>, of YUNNAO_FONT, or of the system; says so when it cannot write the language of the user.</summary>
    public static Result<ReportFont> Font(ParseResult parsed, Option<string> option, Terminal terminal)
    {
        if (!ReportFont.Find(parsed.GetValue(option) ?? terminal.Variable("YUNNAO_FONT")).Try(out var font, out var problem)) return problem;
        if (!font.Chinese && terminal.Text.Language != "en") terminal.Error.WriteLine(terminal.Text["epidemic.no-chinese-font"]);
        return font;
    }

    /// <summary>Draws the pictures when <c>--plot</c> asks for them.</summary>
    /// <returns>The exit code.</returns>
    public int Draw(ParseResult parsed, IReadOnlyList<Curve> curves)
    {
        if (parsed.GetValue(_plot) is not { } file) return ExitCodes.Ok;
        if (!Font(parsed, _font, _terminal).Try(out var font, out var problem)) return _terminal.Fail(problem);
        if (CurvePlot.Save(curves, file, font) is { } failed) return _terminal.Fail(failed);
        _terminal.Error.WriteLine(_terminal.Text.Format("epidemic.plotted", file));
        return ExitCodes.Ok;
    }
}
