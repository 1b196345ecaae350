using Xunit;

namespace Yunnao.Tests.Formats.Dicom;

/// <summary>The public DICOM objects beside the repository; they are not part of it.</summary>
internal static class ImagingData
{
    private static readonly Lazy<string?> Folder = new(Find);

    /// <summary>Skips the test where there are none.</summary>
    public static string Root
    {
        get
        {
            if (Folder.Value is null) Assert.Skip("shared/data/imaging is not beside this checkout.");
            return Folder.Value;
        }
    }

    /// <summary>All objects of the inventory, as paths from the root, in its order.</summary>
    public static IEnumerable<string> Objects()
    {
        foreach (var line in File.ReadLines(Path.Combine(Root, "INVENTORY.csv")).Skip(1))
        {
            var name = line.Split(',')[0].Trim('"');
            if (File.Exists(Path.Combine(Root, name))) yield return name;
        }
    }

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Root, name));

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "imaging");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
