using System.Security.Cryptography;
using System.Text.Json;
using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Every public object beside the repository goes in and comes out as it was, or is kept aside with a reason.</summary>
public sealed class Public_object_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-objects-").FullName;

    private static readonly string[] Reasons = ["imaging.other-bytes", "imaging.no-uid", "imaging.cut-off", "imaging.not-an-image", "imaging.study-of-other-patient", "imaging.series-of-other-study", "dicom.not-dicom"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_is_stored_and_comes_back_byte_for_byte_or_is_kept_with_a_reason()
    {
        var files = ImagingData.Files();
        var run = await CliRun.Of("en", ["imaging", "ingest", "--json", "--data", _folder, .. files]);
        var outcomes = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l)).ToDictionary(l => l.GetProperty("path").GetString()!);
        Assert.Equal(files.Length, outcomes.Count);
        await using var archive = await ArchiveProcess.Start(_folder);
        var (kept, again, aside) = (0, 0, new List<string>());
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
                case "Already":
                    again++;
                    break;
                default:
                    Assert.Contains(outcome.GetProperty("code").GetString(), Reasons);
                    aside.Add(await Hash(file));
                    break;
            }
        }

        // The collection holds many an instance in several transfer syntaxes under one UID: the first is among the images, the others are kept aside.
        Assert.Equal(files.Length, kept + again + aside.Count);
        Assert.True(kept > files.Length * 2 / 3, $"only {kept} of {files.Length} were stored");
        var folder = Path.Combine(_folder, "aside");
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "quarantine", "--limit", "1000", "--to", folder, "--data", _folder)).ExitCode);
        var written = new HashSet<string>();
        foreach (var file in Directory.EnumerateFiles(folder)) written.Add(await Hash(file));
        Assert.Empty(aside.Except(written));
        Assert.Contains("damaged 0", (await CliRun.Of("en", "imaging", "verify", "--data", _folder)).Out);
    }

    private static async Task<string> Hash(string file) => Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));
}
