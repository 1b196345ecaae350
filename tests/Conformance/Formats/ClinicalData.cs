using System.IO.Compression;
using Xunit;

namespace Yunnao.Tests.Formats;

/// <summary>The public clinical files beside the repository; they are not part of it.</summary>
internal static class ClinicalData
{
    /// <summary>All files under a folder of the clinical data, in order of name; skips the test where there are none.</summary>
    public static string[] Files(string folder, string pattern = "*")
    {
        var root = Root();
        if (root is null) Assert.Skip("The shared clinical data is not beside the repository.");
        var files = Directory.GetFiles(Path.Combine(root, folder), pattern, SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>Bytes of a file, unpacked where it is gzipped.</summary>
    public static byte[] Read(string file)
    {
        var bytes = File.ReadAllBytes(file);
        if (!file.EndsWith(".gz", StringComparison.Ordinal)) return bytes;
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)) gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static string? Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "clinical");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
