using Xunit;

namespace Yunnao.Tests.Conformance;

/// <summary>The public suites beside the checkout, which are never part of the repository, and our lists of what of them is excluded.</summary>
internal static class SharedConformance
{
    /// <summary>Folder of a suite; skips the test where it is absent.</summary>
    public static string Folder(string suite)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "conformance", suite);
            if (Directory.Exists(candidate)) return candidate;
        }

        Assert.Skip($"shared/data/conformance/{suite} is not beside this checkout.");
        throw new InvalidOperationException();
    }

    /// <summary>Excluded cases: name and reason, from a CSV beside the tests (case, kind, reason).</summary>
    public static Dictionary<string, string> Exclusions(string room)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"exclusions-{room}.csv");
        return File.ReadAllLines(file).Skip(1).Where(l => l.Length > 0).Select(l => l.Split(',', 3)).ToDictionary(c => c[0], c => c[2], StringComparer.Ordinal);
    }
}
