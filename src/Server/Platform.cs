using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Objects;
using Yunnao.Services.Identity;
using Yunnao.Services.Ingest;
using Yunnao.Services.RegistryChange;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Loading;
using Yunnao.Trust.Keys;

namespace Yunnao.Server;

/// <summary>The platform of one data folder, opened for writing: registry, lake, objects, vault. The wiring, in one place.</summary>
public sealed class Platform : IDisposable
{
    private readonly SubjectRedactor _redactor;

    private Platform(Registry registry, IReadOnlyList<TableShape> shapes, DuckDbLake lake, FileObjectStore objects, Vault vault, KeyRing keys, SubjectRedactor redactor, string folder)
    {
        (Registry, Shapes, Lake, Objects, Vault, Keys, _redactor) = (registry, shapes, lake, objects, vault, keys, redactor);
        Ingest = new(registry, shapes, lake, objects, vault, Path.Combine(folder, "tmp"));
    }

    public Registry Registry { get; }

    public IReadOnlyList<TableShape> Shapes { get; }

    public DuckDbLake Lake { get; }

    public FileObjectStore Objects { get; }

    public Vault Vault { get; }

    /// <summary>The keys of vault and objects.</summary>
    public KeyRing Keys { get; }

    public IngestService Ingest { get; }

    /// <summary>Opens everything; the first thing that cannot be opened is the problem.</summary>
    public static Result<Platform> Open(string standards, string folder, int memoryMb = 0)
    {
        if (!RegistryLoader.Load(standards).Whole.Try(out var registry, out var problem)) return problem;
        Directory.CreateDirectory(folder);
        var shapes = registry.DataSets.Values.Select(d => new TableShape(d)).ToList();
        var stamp = RegistryGuard.Stamp(registry, standards);
        KeyRing? keys = null;
        var redactor = new SubjectRedactor(standards, () => Vault.Open(folder, keys!));
        var options = new DuckDbLakeOptions
        {
            Folder = folder, MemoryLimitMb = memoryMb > 0 ? memoryMb : DuckDbLakeOptions.DefaultMemoryLimitMb, Registry = stamp, Redactor = redactor,
        };
        if (!DuckDbLake.Open(options, shapes).Try(out var lake, out problem)) return problem;
        if (KeyRing.Open(folder).Try(out keys, out problem))
        {
            if (Vault.Open(folder, keys).Try(out var vault, out problem))
                return new Platform(registry, shapes, lake, FileObjectStore.Open(Path.Combine(folder, "objects"), new ObjectCipher(keys)), vault, keys, redactor, folder);
            keys.Dispose();
        }

        lake.Dispose();
        return problem;
    }

    public void Dispose()
    {
        Vault.Dispose();
        Lake.Dispose();
        _redactor.Dispose();
        Keys.Dispose();
    }
}
