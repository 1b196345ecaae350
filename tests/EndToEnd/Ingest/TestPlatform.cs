using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Objects;
using Yunnao.Services.Identity;
using Yunnao.Services.Ingest;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>The real parts in a folder of their own, removed at the end.</summary>
internal sealed class TestPlatform : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-test-").FullName;

    /// <param name="standards">Folder of the registry; null for the small one.</param>
    public TestPlatform(string? standards = null)
    {
        if (standards is null) SmallRegistry.Write(standards = Path.Combine(_folder, "standards"));
        var load = RegistryLoader.Load(standards);
        Registry = load.Registry ?? throw new InvalidOperationException(string.Join('\n', load.Problems));
        var shapes = Registry.DataSets.Values.Select(d => new TableShape(d)).ToList();
        Lake = DuckDbLake.Open(new() { Folder = Data }, shapes).Value;
        Vault = Vault.Open(Data).Value;
        Ingest = new(Registry, shapes, Lake, FileObjectStore.Open(Path.Combine(Data, "objects")), Vault, Path.Combine(Data, "tmp"));
    }

    public Registry Registry { get; }

    public DuckDbLake Lake { get; }

    public Vault Vault { get; }

    public IngestService Ingest { get; }

    public string Data => Path.Combine(_folder, "data");

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

    public void Dispose()
    {
        Vault.Dispose();
        Lake.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
