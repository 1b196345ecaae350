using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary>An option that is a day.</summary>
internal sealed class DayOption(Terminal terminal, string name, string text)
{
    public Option<string> Option { get; } = new(name) { Description = terminal.Text[text], HelpName = "YYYY-MM-DD" };

    /// <summary>The day, if the option is given. Problem: <c>epidemic.bad-day</c>.</summary>
    public Result<(DateOnly? Day, bool Given)> Of(ParseResult parsed)
    {
        if (parsed.GetValue(Option) is not { } value) return (null, false);
        return CsvSeries.Date(value) is { } day
            ? (day, true)
            : new Problem(ProblemKind.Incorrect, "epidemic.bad-day", terminal.Text.Format("epidemic.bad-day", name));
    }
}
