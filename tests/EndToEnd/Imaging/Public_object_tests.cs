using System.Text.Json;
using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Every public object beside the repository goes in and comes out as it was, or is kept aside with a reason.</summary>
public sealed class Public_object_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-objects-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_is_stored_and_comes_back_byte_for_byte_or_is_kept_with_a_reason()
    {
        var files = ImagingData.Files();
        var run = await CliRun.Of("en", ["imaging", "ingest", "--json", "--data", _folder, .. files]);
        var outcomes = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l)).ToDictionary(l => l.GetProperty("path").GetString()!);
        Assert.Equal(files.Length, outcomes.Count);
        await using var archive = await ArchiveProcess.Start(_folder);
        var kept = 0;
        foreach (var file in files)
        {
            var outcome = outcomes[file];
            switch (outcome.GetProperty("result").GetString())
            {
                case "Stored":
                    var (study, series, instance) = (outcome.GetProperty("study").GetString(), outcome.GetProperty("series").GetString(), outcome.GetProperty("instance").GetString());
                    var found = await archive.Json($"studies/{study}/instances?SOPInstanceUID={instance}");
                    Assert.Equal(1, found.GetArrayLength());
                    Assert.Equal(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), await archive.File1($"studies/{study}/series/{series}/instances/{instance}"));
                    kept++;
                    break;
                case "Already": break;
                default: Assert.StartsWith("imaging.", outcome.GetProperty("code").GetString()!.Replace("dicom.", "imaging.", StringComparison.Ordinal), StringComparison.Ordinal); break;
            }
        }

        Assert.True(kept > files.Length * 3 / 4, $"only {kept} of {files.Length} were stored");
        Assert.Contains("damaged 0", (await CliRun.Of("en", "imaging", "verify", "--data", _folder)).Out);
    }
}
