using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Clients that people use in their browsers, unchanged, in headless Chromium. Their packages are fetched by tests/install-peers.</summary>
public sealed class Web_client_tests : IDisposable
{
    private const int Slices = 12;
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-clients-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ohif_lists_studies_with_descriptions_and_shows_all_slices()
    {
        await using var archive = await Archive("--viewer", WebPeer.Viewer());
        var result = await WebPeer.Script("ohif_check.mjs", $"http://127.0.0.1:{archive.Http.BaseAddress!.Port}", TestImages.Study(1), "Wang", "CHEST CT 1", $"{Slices}");
        Assert.Equal(Slices, result.GetProperty("frames").GetInt32());
        Assert.True(result.GetProperty("shades").GetInt32() > 2, "The canvas is empty.");
        Assert.Empty(result.GetProperty("errors").EnumerateArray().Select(e => e.GetString()));
    }

    [Fact]
    public async Task Dicomweb_client_stores_searches_and_retrieves()
    {
        await using var archive = await Archive();
        var file = Path.Combine(_folder, "one.dcm");
        await File.WriteAllBytesAsync(file, TestImages.Bytes(2, 1), TestContext.Current.CancellationToken);
        var result = await WebPeer.Script("dicomweb_client_check.mjs", $"{archive.Http.BaseAddress}dicom-web", TestImages.Study(1), TestImages.Series(1), TestImages.Instance(1, 3), file, "Smith*");
        Assert.Equal((1, Slices, Slices), (result.GetProperty("studies").GetInt32(), result.GetProperty("instances").GetInt32(), result.GetProperty("metadata").GetInt32()));
        Assert.Equal((TestImages.Bytes(1, 3, 128).Length, 128 * 128 * 2), (result.GetProperty("instance").GetInt32(), result.GetProperty("frame").GetInt32()));
    }

    private async Task<ArchiveProcess> Archive(params string[] more)
    {
        var images = Path.Combine(_folder, "ct");
        TestImages.Write(images, 1, Slices, 128);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", images, "--data", _folder)).ExitCode);
        return await ArchiveProcess.Start(_folder, more);
    }
}
