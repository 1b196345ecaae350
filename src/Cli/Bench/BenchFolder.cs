namespace Yunnao.Cli.Bench;

/// <summary>Where a benchmark keeps its files: a folder given and kept, or a temporary one that goes away.</summary>
internal sealed class BenchFolder : IDisposable
{
    private readonly bool _keep;

    public BenchFolder(string bench, string? given, bool keep)
    {
        _keep = keep || given is not null;
        Path = given is null ? Directory.CreateTempSubdirectory($"yunnao-bench-{bench}-").FullName : Directory.CreateDirectory(given).FullName;
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>An empty sub-folder of this name, whatever was there before.</summary>
    public string Fresh(string name)
    {
        var folder = File(name);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return Directory.CreateDirectory(folder).FullName;
    }

    public void Dispose()
    {
        if (!_keep) Directory.Delete(Path, recursive: true);
    }
}
