using System.CommandLine;
using System.Globalization;
using Yunnao.Kernel;

namespace Yunnao.Cli.Quality;

/// <summary>An option that takes a month, as <c>2026-01</c>.</summary>
internal sealed class MonthOption(Terminal terminal, string name, string text)
{
    public Option<string> Option { get; } = new(name) { Description = terminal.Text[text], HelpName = "YYYY-MM" };

    /// <summary>The first day of the month, or null; <c>quality.month</c> when it is none.</summary>
    public Result<(DateOnly? Day, bool Given)> Of(ParseResult parsed)
    {
        if (parsed.GetValue(Option) is not { } given) return ((DateOnly?)null, false);
        return DateOnly.TryParseExact(given + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? ((DateOnly?)day, true)
            : new Problem(ProblemKind.Incorrect, "quality.month", terminal.Text.Format("quality.bad-month", name));
    }
}
