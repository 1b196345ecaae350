using System.Text.RegularExpressions;
using Xunit;
using Yunnao.Cli;
using Yunnao.Kernel;

namespace Yunnao.Tests.EndToEnd.Standards;

public sealed partial class TextTests
{
    [Fact]
    public void Every_text_is_there_in_every_language()
    {
        var english = Texts.For("en").Keys.Order(StringComparer.Ordinal);
        foreach (var language in Text.Languages) Assert.Equal(english, Texts.For(language).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Texts_of_both_languages_take_the_same_values()
    {
        var chinese = Texts.For("zh-CN");
        foreach (var key in Texts.For("en").Keys)
        {
            Assert.Equal(Placeholders(Texts.For("en")[key]), Placeholders(chinese[key]));
        }

        static IEnumerable<string> Placeholders(string text) => Placeholder().Matches(text).Select(m => m.Value).Order(StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("standards", "show")]
    [InlineData("standards", "diff", "a", "b", "--no-such-option")]
    [InlineData("no-such-command")]
    [InlineData("standards", "diff", "a", "b", "--most", "many")]
    [InlineData("standards", "diff", "a", "b", "--most")]
    [InlineData("standards", "diff", "a", "b", "--most", "1", "--most", "2")]
    [InlineData("audit", "search", "--kind", "nothing")]
    [InlineData("standrads")]
    public async Task A_mistake_on_the_command_line_is_explained_in_the_language_of_the_user(params string[] line)
    {
        foreach (var language in (string[])["en", "zh-CN"])
        {
            var run = await CliRun.Of(language, line);
            Assert.Equal(ExitCodes.Usage, run.ExitCode);
            var said = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.Trim().Contains(' ')).ToList();
            Assert.True(said.Count > (language == "en" ? 1 : 0) && said.TrueForAll(l => language != "en" == l.Any(c => c is >= '一' and <= '鿿')), run.Error);
        }
    }

    [Fact]
    public void Every_key_used_in_the_commands_has_a_text()
    {
        var text = Texts.For("en");
        var used = Directory.EnumerateFiles(Repository.File("src/Cli"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Key().Matches(File.ReadAllText(f)).Select(m => m.Groups["key"].Value)).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(used);
        Assert.DoesNotContain(used, k => text.Find(k) is null);
    }

    [Fact]
    public void Every_problem_code_is_in_the_page_of_problems_and_has_its_advice()
    {
        var texts = Texts.For("en");
        var codes = Directory.EnumerateFiles(Repository.File("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Code().Matches(File.ReadAllText(f)).Select(m => m.Groups["code"].Value))
            .Where(c => texts.Find(c) is null)
            .ToHashSet(StringComparer.Ordinal);
        var page = DocumentedCode().Matches(File.ReadAllText(Repository.File("docs/problems.md"))).Select(m => m.Groups["code"].Value).ToHashSet(StringComparer.Ordinal);
        var advised = texts.Keys.Where(k => k.StartsWith("problem.", StringComparison.Ordinal)).Select(k => k["problem.".Length..]).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("standards.unknown-element", codes);
        Assert.Empty(codes.Except(page).Order(StringComparer.Ordinal));
        Assert.Empty(codes.Except(advised).Order(StringComparer.Ordinal));
        Assert.Equal(page.Order(StringComparer.Ordinal), advised.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"\{\d+(:[^}]*)?\}")]
    private static partial Regex Placeholder();

    /// <summary>Literal keys: <c>text["key"]</c>, <c>Text["key"]</c>, <c>Format("key"</c>, <c>Fact("key"</c>.</summary>
    [GeneratedRegex("""(\b_?[tT]ext\[|Text\.Format\(|text\.Format\(|Fact\()"(?<key>[A-Za-z0-9.-]+)"[\],]""")]
    private static partial Regex Key();

    [GeneratedRegex("""(?<![\w/])"(?<code>(batch|cli|csv|export|fhir|hl7v2|ingest|lake|mapping|object|parquet|query|scope|show|sql|standards|surveillance|vault|verify)\.(?!db")[a-z0-9]+(-[a-z0-9]+)*)"(?!\))""")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| `(?<code>[a-z0-9]+\.[a-z0-9-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedCode();
}
