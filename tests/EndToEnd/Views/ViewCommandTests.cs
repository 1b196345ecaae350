using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Views;

/// <summary>The shipped views over Synthea's patients, from the command line to the file.</summary>
public sealed class ViewCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-view-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_shipped_view_runs_over_real_Bundles()
    {
        var bundles = Bundles();
        var listed = (await Run("view", "list")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split('\t')[0]).ToList();
        Assert.Contains("observations", listed);
        foreach (var name in listed)
        {
            var file = Path.Combine(_folder, $"{name}.csv");
            var run = await Run("view", "run", name, bundles, "--out", file);
            Assert.True(run.ExitCode == 0, run.Error);
            Assert.True(File.ReadLines(file).Count() > 1, name);
        }

        var people = Directory.GetFiles(bundles).Length;
        Assert.Equal(people, File.ReadLines(Path.Combine(_folder, "patients.csv")).Count() - 1);
        var pressures = (await File.ReadAllLinesAsync(Path.Combine(_folder, "observations.csv"), TestContext.Current.CancellationToken)).Where(l => l.Contains(",8480-6,", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(pressures);
        Assert.All(pressures, l => Assert.Contains("mm[Hg]", l, StringComparison.Ordinal));
        var encounters = File.ReadLines(Path.Combine(_folder, "encounters.csv")).Skip(1).Select(l => l.Split(',')[0]).ToHashSet(StringComparer.Ordinal);
        Assert.All(File.ReadLines(Path.Combine(_folder, "conditions.csv")).Skip(1), l => Assert.Contains(l.Split(',')[2], encounters));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("ndjson")]
    [InlineData("parquet")]
    [InlineData("arrow")]
    public async Task Each_form_is_written_whole(string form)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "p.ndjson"), "{\"resourceType\":\"Patient\",\"id\":\"1\",\"gender\":\"female\"}\n", TestContext.Current.CancellationToken);
        var file = Path.Combine(_folder, $"rows.{form}");
        var run = await Run("view", "run", "patients", Path.Combine(_folder, "p.ndjson"), "--out", file);
        Assert.Equal((0, true), (run.ExitCode, File.Exists(file)));
        Assert.StartsWith($"1 rows written to {file}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_ends_with_its_exit_code()
    {
        var view = Path.Combine(_folder, "v.json");
        await File.WriteAllTextAsync(view, """{"resource":"Patient","select":[{"column":[{"name":"a","path":"gender.foo()"}]}]}""", TestContext.Current.CancellationToken);
        var check = await Run("view", "check", view);
        Assert.Equal(1, check.ExitCode);
        Assert.Contains($"{view}, select[0].column[0].path: fhirpath.function: There is no function foo, at character 8.", check.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await Run("view", "run", "no-such-view")).ExitCode);
        Assert.Equal(4, (await Run("view", "run", "patients", Path.Combine(_folder, "nowhere"))).ExitCode);
        Assert.Equal(1, (await Run("view", "run", "patients", view, "--format", "parquet")).ExitCode);
    }

    private static string Bundles()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "clinical", "fhir-synthea-r4", "bundles");
            if (Directory.Exists(candidate)) return candidate;
        }

        Assert.Skip("shared/data/clinical is not beside this checkout.");
        throw new InvalidOperationException();
    }

    private static Task<CliRun> Run(params string[] args) => CliRun.Of("en", [.. args, "--standards", Path.Combine(Repository.Root, "standards")]);
}
