using System.Text;
using System.Text.RegularExpressions;
using Xunit;
using Yunnao.Cli;

namespace Yunnao.Tests.EndToEnd.Standards;

/// <summary>A command that a document prints is one that the program takes: its words, its options, and what they need.</summary>
public sealed partial class Documented_command_tests
{
    /// <remarks>A line that a backslash continues is one.</remarks>
    [Fact]
    public void Every_command_line_of_the_documents_is_understood()
    {
        var root = Program.Root(new Terminal(TextWriter.Null, TextWriter.Null, Texts.For("en"), outIsTerminal: false, errorIsTerminal: false, _ => null));
        var (lines, wrong) = (0, new List<string>());
        foreach (var file in Documents())
        {
            foreach (Match line in Command().Matches(File.ReadAllText(file).Replace("\\\n", "", StringComparison.Ordinal)))
            {
                lines++;
                var said = root.Parse(Words(line.Groups["said"].Value)).Errors;
                if (said.Count > 0) wrong.Add($"{Path.GetRelativePath(Repository.Root, file)}: yunnao {line.Groups["said"].Value.Trim()} → {said[0].Message}");
            }
        }

        Assert.True(lines > 100, $"{lines} command lines were found.");
        Assert.Empty(wrong);
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Repository.File("docs"), "*.md", SearchOption.AllDirectories).Append(Repository.File("README.md")).Append(Repository.File("README.zh-CN.md"));

    /// <summary>The words of a command as a shell parts them, up to where its output goes elsewhere, its comment or its end.</summary>
    private static List<string> Words(string line)
    {
        var (words, word, quote) = (new List<string>(), (StringBuilder?)null, '\0');
        foreach (var c in line)
        {
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else word!.Append(c);
            }
            else if (c is '"' or '\'') (quote, word) = (c, word ?? new());
            else if (c is '|' or ';' or '>' or '&' || c == '#' && word is null) break;
            else if (!char.IsWhiteSpace(c)) (word ??= new()).Append(c);
            else if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }

        if (word is not null) words.Add(word.ToString());
        return words;
    }

    /// <summary>A line of a block, indented or fenced; what the script beside the program does itself (<c>test</c>) is no command of the program.</summary>
    [GeneratedRegex(@"^(?: {4,6})?(?:[^`\n]*\| )?(?:\./)?yunnao (?!test\b)(?<said>[a-z].*)$", RegexOptions.Multiline)]
    private static partial Regex Command();
}
