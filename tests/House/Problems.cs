using System.Text.RegularExpressions;
using Xunit;

namespace Yunnao.Tests.House;

/// <summary>The codes of problems are a promise: each that the code can give is in docs/problems.md, and the page lists no other.</summary>
public sealed partial class Problems
{
    [Fact]
    public void Every_code_of_a_problem_is_documented()
    {
        var made = Sources().SelectMany(s => Made().Matches(s)).Select(m => m.Groups["code"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("ingest.no-file", made);
        Assert.Empty(made.Except(Documented()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_documented_code_is_in_the_source()
    {
        var sources = Sources().ToList();
        Assert.Empty(Documented().Where(code => !sources.Exists(s => s.Contains($"\"{code}\"", StringComparison.Ordinal))).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);

    private static List<string> Documented() =>
        [.. DocumentedCode().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "problems.md"))).Select(m => m.Groups["code"].Value)];

    /// <summary><c>new Problem(ProblemKind.Incorrect, "csv.empty"</c>, also as <c>new(</c> and over two lines; and what refuses a text query.</summary>
    [GeneratedRegex("""(new(\s+Problem)?\(\s*ProblemKind\.\w+,\s*|TextRefusedException\.Of\()"(?<code>[a-z0-9.-]+)",""")]
    private static partial Regex Made();

    [GeneratedRegex(@"^\| `(?<code>[a-z0-9]+\.[a-z0-9-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedCode();
}
