using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;

namespace Yunnao.Cli;

/// <summary>
/// What is wrong with a command line, in the language of the user. The parser says it in English; the texts <c>parse.*</c> hold its sentences as
/// templates, and what they are in the other language. A sentence that is not among them stays as it is.
/// </summary>
internal static partial class ParseMistakes
{
    private const string Prefix = "parse.";

    /// <summary>Writes the mistakes to standard error.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> PrintAsync(ParseResult parsed, ParseErrorAction mistake, Terminal terminal)
    {
        mistake.ShowHelp = false;
        using var said = new StringWriter();
        await parsed.InvokeAsync(new InvocationConfiguration { Output = said, Error = said }).ConfigureAwait(false);
        foreach (var line in said.ToString().Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)) terminal.Error.WriteLine(InLanguage(line, terminal.Text));
        terminal.Error.WriteLine(terminal.Text["usage.see-help"]);
        return ExitCodes.Usage;
    }

    private static string InLanguage(string sentence, Text text)
    {
        var line = TypeName().Replace(sentence, m => text[m.Groups["name"].Value is "Int32" or "Int64" or "UInt64" ? "parse.a.whole-number" : m.Groups["name"].Value.StartsWith("Date", StringComparison.Ordinal) ? "parse.a.time" : "parse.a.number"]);
        var english = Texts.For("en");
        if (text.Language == english.Language) return line;
        foreach (var key in english.Keys.Where(k => k.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var pattern = Regex.Replace(Regex.Escape(english[key]), @"\\\{\d}", "(.*)");
            if (Regex.Match(line, $"^{pattern}$") is { Success: true } match) return text.Format(key, [.. match.Groups.Values.Skip(1).Select(g => g.Value)]);
        }

        return line;
    }

    /// <summary>How the parser names the type of a value.</summary>
    [GeneratedRegex(@"'System\.(Nullable`1\[System\.)?(?<name>Int32|Int64|UInt64|Double|Decimal|DateTimeOffset|DateOnly|DateTime)\]?'")]
    private static partial Regex TypeName();
}
