using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Services.Imaging;

namespace Yunnao.Cli.Imaging;

/// <summary>The options that say which instances are meant.</summary>
internal sealed class SelectionOptions(Terminal terminal)
{
    private readonly Option<string> _patient = new("--patient") { Description = terminal.Text["imaging.patient"], HelpName = "ID" };
    private readonly Option<string> _study = new("--study") { Description = terminal.Text["imaging.study"], HelpName = "UID" };
    private readonly Option<string> _series = new("--series") { Description = terminal.Text["imaging.series"], HelpName = "UID" };
    private readonly Option<string> _instance = new("--instance") { Description = terminal.Text["imaging.instance"], HelpName = "UID" };

    public void AddTo(Command command)
    {
        command.Add(_patient);
        command.Add(_study);
        command.Add(_series);
        command.Add(_instance);
    }

    public ImageSelection Of(ParseResult parsed) => new(parsed.GetValue(_patient), parsed.GetValue(_study), parsed.GetValue(_series), parsed.GetValue(_instance));

    /// <summary>The selection; a problem when nothing is named.</summary>
    public Result<ImageSelection> Named(ParseResult parsed) =>
        Of(parsed) is { IsEmpty: false } selection ? selection : new Problem(ProblemKind.Incorrect, "imaging.nothing-named", terminal.Text["imaging.nothing-named"]);
}
