using Xunit;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>The public DICOM objects beside the repository; they are not part of it.</summary>
internal static class ImagingData
{
    /// <summary>All objects, in order of path; skips the test where there are none.</summary>
    public static string[] Files()
    {
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var candidate = Path.Combine(above.FullName, "shared", "data", "imaging");
            if (!Directory.Exists(candidate)) continue;
            return [.. File.ReadLines(Path.Combine(candidate, "INVENTORY.csv")).Skip(1).Select(l => l[..l.IndexOf(',')].Trim('"')).Select(f => Path.Combine(candidate, f)).Where(File.Exists)];
        }

        Assert.Skip("shared/data/imaging is not beside this checkout");
        return [];
    }
}
