using System.Text.RegularExpressions;
using Xunit;

namespace Yunnao.Tests.House;

/// <summary>The table for the security officer names tests; each of them is there.</summary>
public sealed partial class SecurityTable
{
    [Fact]
    public void Every_test_that_docs_security_names_exists()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Method().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var named = Named().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"))).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.True(named.Count > 40, $"{named.Count}");
        Assert.DoesNotContain(named, n => !tests.Contains(n));
    }

    /// <summary>Public methods without a value: tests.</summary>
    [GeneratedRegex(@"public (?:async )?(?:void|Task) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+)`")]
    private static partial Regex Named();
}
