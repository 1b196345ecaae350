using Yunnao.Standards;
using Yunnao.Standards.Loading;
using Yunnao.Synthetic;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Tests.Unit.Synthetic;

/// <summary>A small city in a folder of its own, from the repository's registry.</summary>
public sealed class TestCity : IDisposable
{
    private static readonly Lazy<Registry> Loaded = new(() => RegistryLoader.Load(Standards).Registry!);

    private TestCity(string folder, CityReport report) => (Folder, Report) = (folder, report);

    public static string Standards => StandardsFolder.Path;

    public static string Tables => Path.Combine(Standards, "synthetic");

    public static Registry Registry => Loaded.Value;

    public string Folder { get; }

    public CityReport Report { get; }

    internal static TestCity Make(long residents, int months = 12, ulong seed = 1, double dirty = 0.005, Action<Row>? watch = null)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"yunnao-city-{Guid.NewGuid():N}");
        var options = new CityOptions { Residents = residents, Months = months, Seed = seed, Dirty = dirty, Folder = folder, Tables = Tables };
        return new(folder, City.Make(Registry, options, watch).Value);
    }

    /// <summary>Every file with its path inside the city.</summary>
    public IEnumerable<(string Path, byte[] Bytes)> Files() =>
        Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => (System.IO.Path.GetRelativePath(Folder, f), File.ReadAllBytes(f)));

    /// <summary>Lines of a truth file as cells; none of its texts holds a comma.</summary>
    public List<string[]> Truth(string name) => [.. File.ReadAllLines(Path.Combine(Folder, "truth", name)).Skip(1).Select(l => l.Split(','))];

    public void Dispose() => Directory.Delete(Folder, true);
}
