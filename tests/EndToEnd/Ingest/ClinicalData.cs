using Xunit;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>The public clinical files beside the repository; they are not part of it.</summary>
internal static class ClinicalData
{
    /// <summary>All files under a folder of the clinical data, in order of name; skips the test where there are none.</summary>
    public static string[] Files(string folder, string pattern = "*")
    {
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var candidate = Path.Combine(above.FullName, "shared", "data", "clinical", folder);
            if (Directory.Exists(candidate)) return [.. Directory.GetFiles(candidate, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        }

        Assert.Skip("The shared clinical data is not beside the repository.");
        return [];
    }
}
