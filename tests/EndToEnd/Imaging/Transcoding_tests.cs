using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Compressed images on request uncompressed: the pixels are those of the uncompressed original (NEMA WG04).</summary>
public sealed class Transcoding_tests : IDisposable
{
    private const string Plain = "1.2.840.10008.1.2.1";

    // JPEG baseline, in which none of these is kept.
    private const string Other = "1.2.840.10008.1.2.4.50";
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-transcode-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("RLE")]
    [InlineData("JPLL")]
    [InlineData("JLSL")]
    [InlineData("J2KR")]
    public async Task A_lossless_image_is_given_uncompressed_by_wado_and_to_a_peer_that_takes_no_other(string coding)
    {
        var data = ImagingData.Files().Where(f => f.Contains("nema-wg04", StringComparison.Ordinal)).ToList();
        var coded = data.First(f => f.Contains("/" + coding + "/", StringComparison.Ordinal) && f.Contains("CT1", StringComparison.Ordinal));
        var expected = Pixels(await File.ReadAllBytesAsync(data.First(f => f.Contains("/REF/", StringComparison.Ordinal) && f.Contains("CT1", StringComparison.Ordinal)), TestContext.Current.CancellationToken));
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", coded, "--data", _folder)).ExitCode);
        await using var archive = await ArchiveProcess.Start(_folder);
        var found = (await archive.Json("instances"))[0];
        var (study, series, instance) = (Uid("0020000D"), Uid("0020000E"), Uid("00080018"));
        var address = $"dicom-web/studies/{study}/series/{series}/instances/{instance}";
        if (coding == "J2KR" && (await Get(address, $"application/dicom; transfer-syntax={Plain}")).StatusCode == System.Net.HttpStatusCode.NotAcceptable) Assert.Skip("openjp2 is not installed: run tests/install-peers");
        var file = await Bytes(address, $"application/dicom; transfer-syntax={Plain}");
        Assert.Equal(Plain, DicomReader.Read(file).Value.Syntax.Uid);
        Assert.Equal(expected, Pixels(file));
        Assert.Equal(expected, await Bytes(address + "/frames/1", $"application/octet-stream; transfer-syntax={Plain}"));

        // As it is kept where that will do, in what can be had of several that would do, and else not at all.
        var kept = await File.ReadAllBytesAsync(coded, TestContext.Current.CancellationToken);
        Assert.Equal(kept, await Bytes(address, "application/dicom; transfer-syntax=*"));
        Assert.Equal(expected, Pixels(await Bytes(address, $"application/dicom; transfer-syntax={Other}, application/dicom; transfer-syntax={Plain}; q=0.5")));
        Assert.Equal(DicomReader.Read(kept).Value.Syntax.Uid, Syntax(await Get(address + "/frames/1", "multipart/related; type=\"*/*\"; transfer-syntax=*")));
        foreach (var path in new[] { address, address + "/frames/1" })
        {
            using var refused = await Get(path, $"multipart/related; type=\"image/jpeg\"; transfer-syntax={Other}, application/dicom; transfer-syntax={Other}");
            Assert.Equal(System.Net.HttpStatusCode.NotAcceptable, refused.StatusCode);
        }

        // getscu proposes uncompressed syntaxes only.
        var got = Directory.CreateDirectory(Path.Combine(_folder, "got")).FullName;
        await Peer.Must("getscu", "-S", "-aec", ArchiveProcess.Title, "-od", got, "-k", "0008,0052=STUDY", "-k", $"0020,000D={study}", "127.0.0.1", $"{archive.Dicom}");
        Assert.Equal(expected, Pixels(await File.ReadAllBytesAsync(Directory.EnumerateFiles(got).Single(), TestContext.Current.CancellationToken)));

        string Uid(string tag) => found.GetProperty(tag).GetProperty("Value")[0].GetString()!;

        async Task<HttpResponseMessage> Get(string path, string accept)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            return await archive.Http.SendAsync(request);
        }

        async Task<byte[]> Bytes(string path, string accept)
        {
            using var answer = await Get(path, accept);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return await answer.Content.ReadAsByteArrayAsync();
        }
    }

    /// <summary>The transfer syntax that the first part of an answer names.</summary>
    private static string Syntax(HttpResponseMessage answer)
    {
        using (answer)
        {
            using var reader = new StreamReader(answer.Content.ReadAsStream(), System.Text.Encoding.Latin1);
            while (reader.ReadLine() is { } line)
                if (line.Split("transfer-syntax=") is [_, var uid]) return uid.Trim();
            return "";
        }
    }

    private static byte[] Pixels(byte[] file) => DicomReader.Read(file).Value.DataSet.TryGet(Tags.PixelData, out var pixels) ? pixels.Value.ToArray() : [];
}
