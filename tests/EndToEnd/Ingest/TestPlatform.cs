using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Objects;
using Yunnao.Services.Identity;
using Yunnao.Services.Ingest;
using Yunnao.Services.RegistryChange;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Loading;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>The real parts in a folder of their own, removed at the end.</summary>
internal sealed class TestPlatform : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-test-").FullName;
    private bool _closed;

    /// <param name="standards">Folder of the registry; null for the small one.</param>
    public TestPlatform(string? standards = null)
    {
        if (standards is null) SmallRegistry.Write(standards = Path.Combine(_folder, "standards"));
        Standards = standards;
        (Registry, Lake, Vault, Objects, Ingest, Keys) = Open();
    }

    /// <summary>Folder of the registry.</summary>
    public string Standards { get; }

    public Registry Registry { get; private set; }

    public DuckDbLake Lake { get; private set; }

    public Vault Vault { get; private set; }

    public FileObjectStore Objects { get; private set; }

    public IngestService Ingest { get; private set; }

    public KeyRing Keys { get; private set; }

    /// <summary>Closes everything and opens it again, with the registry as its files are now.</summary>
    public void Reopen()
    {
        Close();
        _closed = false;
        (Registry, Lake, Vault, Objects, Ingest, Keys) = Open();
    }

    public string Data => Path.Combine(_folder, "data");

    /// <summary>Closes everything, so that another process can open it; again does nothing.</summary>
    public void Close()
    {
        if (_closed) return;
        _closed = true;
        Vault.Dispose();
        Lake.Dispose();
    }

    /// <summary>Writes a file to load.</summary>
    public string File(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, "in", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public string File(string name, string text) => File(name, System.Text.Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")));

    /// <summary>Loads one file and returns what became of it.</summary>
    public async Task<FileOutcome> Load(string path, string source, bool dryRun = false, bool report = false)
    {
        FileOutcome? outcome = null;
        await foreach (var each in Ingest.IngestAsync(new([path], source, DryRun: dryRun, Report: report), null, Xunit.TestContext.Current.CancellationToken)) outcome = each;
        return outcome!;
    }

    /// <summary>Rows of a query on the physical tables, cells joined by a bar.</summary>
    public List<string> Rows(string sql)
    {
        using var connection = new DuckDB.NET.Data.DuckDBConnection($"DataSource={Path.Combine(Data, "lake.duckdb")}");
        connection.Open();
        return connection.Rows(r => string.Join('|', Enumerable.Range(0, r.FieldCount).Select(i => r.IsDBNull(i) ? "" : Convert.ToString(r.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))), sql);
    }

    private (Registry, DuckDbLake, Vault, FileObjectStore, IngestService, KeyRing) Open()
    {
        var load = RegistryLoader.Load(Standards);
        var registry = load.Registry ?? throw new InvalidOperationException(string.Join('\n', load.Problems));
        var shapes = registry.DataSets.Values.Select(d => new TableShape(d)).ToList();
        var lake = DuckDbLake.Open(new() { Folder = Data, Registry = RegistryGuard.Stamp(registry, Standards) }, shapes).Value;
        var keys = KeyRing.Open(Data).Value;
        var (vault, objects) = (Vault.Open(Data, keys).Value, FileObjectStore.Open(Path.Combine(Data, "objects"), new ObjectCipher(keys)));
        return (registry, lake, vault, objects, new(registry, shapes, lake, objects, vault, Path.Combine(Data, "tmp")), keys);
    }

    public void Dispose()
    {
        Close();
        Directory.Delete(_folder, recursive: true);
    }
}
