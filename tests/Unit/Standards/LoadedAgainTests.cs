using Xunit;
using Yunnao.Standards.Compare;
using Yunnao.Standards.Loading;
using Yunnao.Tests.Unit;

namespace Yunnao.Tests.Standards;

/// <summary>A registry that is read again, with what is still the same taken over, is the one that is read from the beginning.</summary>
public sealed class LoadedAgainTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-again-").FullName;

    public LoadedAgainTests()
    {
        foreach (var file in Directory.EnumerateFiles(StandardsFolder.Path, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder, Path.GetRelativePath(StandardsFolder.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Whatever_file_changed()
    {
        var load = RegistryLoader.Load(_folder);
        Assert.Empty(load.Problems);
        Same(load);
        Change("items/lab.result.csv", "检验结果文本", "检验结果的文本");
        load = Same(load);
        Change("units.csv", "毫米汞柱", "毫米水银柱");
        load = Same(load);
        Change("codes/GB2261.1.csv", "女性", "女");
        load = Same(load);
        Change("datasets.csv", "lab.result,1.0.0,standard", "lab.result,1.0.0,draft");
        load = Same(load);
        Change("checks.csv", "lab.result", "lab.results");
        Assert.NotEmpty(Same(load).Problems);
        Change("checks.csv", "lab.results", "lab.result");
        Change("items/person.basic.csv", "identity.name", "identity.nom");
        Assert.NotEmpty(Same(load).Problems);
        Change("items/person.basic.csv", "identity.nom", "identity.name");
        File.Delete(Path.Combine(_folder, "codes", "GB2261.1.csv"));
        Assert.NotEmpty(Same(load).Problems);
    }

    private void Change(string file, string from, string to)
    {
        var path = Path.Combine(_folder, file);
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    private RegistryLoad Same(RegistryLoad before)
    {
        var (fresh, again) = (RegistryLoader.Load(_folder), RegistryLoader.Load(_folder, before));
        Assert.Equal(fresh.Problems, again.Problems);
        Assert.Equal(fresh.Registry!.Fingerprint, again.Registry!.Fingerprint);
        Assert.Empty(RegistryDiff.Between(fresh.Registry, again.Registry));
        return again;
    }
}
