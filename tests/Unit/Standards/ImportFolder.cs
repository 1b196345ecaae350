using Xunit;
using Yunnao.Services.RegistryImport;
using Yunnao.Standards;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.Unit.Standards;

/// <summary>A folder for files to import and the registry they go into.</summary>
internal sealed class ImportFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-import-").FullName;

    public string Registry => Path.Combine(_folder, "registry");

    public string FileOf(string name) => Path.Combine(_folder, name);

    /// <summary>Writes a file and imports it.</summary>
    public ImportReport Import(string kind, string name, string text, ImportOptions? options = null)
    {
        File.WriteAllText(FileOf(name), text);
        return Import(kind, [FileOf(name)], options);
    }

    public ImportReport Import(string kind, string[] files, ImportOptions? options = null)
    {
        var result = RegistryImporter.Run(new(kind, files, Registry, options ?? new()));
        Assert.True(result.Ok, result.Problem?.ToString());
        return result.Value;
    }

    /// <summary>The registry as the loader reads it; it must be sound.</summary>
    public Registry Load()
    {
        var load = RegistryLoader.Load(Registry);
        Assert.Empty(load.Problems);
        return load.Whole.Value;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
