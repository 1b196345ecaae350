using System.Net;
using System.Text.Json;
using Xunit;
using Yunnao.Formats.Dicom;

namespace Yunnao.Tests.EndToEnd.Imaging;

public sealed class DicomWeb_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-web-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_stored_by_stow_is_found_and_comes_back_byte_for_byte()
    {
        await using var archive = await ArchiveProcess.Start(_folder);
        byte[][] files = [.. Enumerable.Range(1, 3).SelectMany(s => Enumerable.Range(1, 10).Select(i => TestImages.Bytes(s, i)))];
        var (status, answer) = await Stow.Send(archive.Http, files);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(TestImages.Instance(3, 10), answer);

        Assert.Equal(3, (await archive.Json("studies")).GetArrayLength());
        Assert.Equal(1, (await archive.Json("studies?PatientID=PID0001")).GetArrayLength());
        Assert.Equal(1, (await archive.Json("studies?00100010=wang*")).GetArrayLength());
        Assert.Equal(1, (await archive.Json("studies?PatientName=%E7%8E%8B*")).GetArrayLength());
        Assert.Equal(1, (await archive.Json("studies?PatientName=san%20zhang&fuzzymatching=true")).GetArrayLength());
        Assert.Equal(2, (await archive.Json("studies?StudyDate=20240201-20240303&ModalitiesInStudy=CT")).GetArrayLength());
        Assert.Equal(0, (await archive.Json("studies?ModalitiesInStudy=MR")).GetArrayLength());
        Assert.Equal(2, (await archive.Json($"studies?StudyInstanceUID={TestImages.Study(1)},{TestImages.Study(2)}")).GetArrayLength());
        Assert.Equal(1, (await archive.Json("studies?limit=1&offset=2")).GetArrayLength());
        Assert.Equal(0, (await archive.Json("studies?limit=1&offset=3")).GetArrayLength());
        var study = (await archive.Json("studies?PatientID=PID0001&includefield=00081030%2C00080060&includefield=BodyPartExamined"))[0];
        Assert.Equal("CHEST CT 1", study.GetProperty("00081030").GetProperty("Value")[0].GetString());
        Assert.Equal(10, study.GetProperty("00201208").GetProperty("Value")[0].GetInt32());
        Assert.Equal("王^五", study.GetProperty("00100010").GetProperty("Value")[0].GetProperty("Ideographic").GetString());

        var series = $"studies/{TestImages.Study(2)}/series/{TestImages.Series(2)}";
        Assert.Equal(1, (await archive.Json($"studies/{TestImages.Study(2)}/series")).GetArrayLength());
        Assert.Equal(10, (await archive.Json(series + "/instances")).GetArrayLength());
        var metadata = await archive.Json(series + "/metadata");
        Assert.Equal(Enumerable.Range(1, 10), metadata.EnumerateArray().Select(i => i.GetProperty("00200013").GetProperty("Value")[0].GetInt32()));
        for (var i = 1; i <= 10; i++)
        {
            Assert.Equal(files[10 + i - 1], await archive.File1($"{series}/instances/{TestImages.Instance(2, i)}"));
            Assert.Equal(TestImages.Instance(2, i), metadata[i - 1].GetProperty("00080018").GetProperty("Value")[0].GetString());
        }

        var bulk = metadata[4].GetProperty("7FE00010").GetProperty("BulkDataURI").GetString()!;
        Assert.Equal(files[14][^(64 * 64 * 2)..], await archive.Http.GetByteArrayAsync(bulk, TestContext.Current.CancellationToken));
        using var frame = new HttpRequestMessage(HttpMethod.Get, $"dicom-web/{series}/instances/{TestImages.Instance(2, 5)}/frames/1");
        frame.Headers.TryAddWithoutValidation("Accept", "application/octet-stream; transfer-syntax=*");
        using var response = await archive.Http.SendAsync(frame, TestContext.Current.CancellationToken);
        Assert.Equal(files[14][^(64 * 64 * 2)..], await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.NotFound, (await archive.Http.GetAsync($"dicom-web/{series}/instances/{TestImages.Instance(2, 5)}/frames/2", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(files[14], await archive.Http.GetByteArrayAsync($"wado?requestType=WADO&contentType=application/dicom&studyUID={TestImages.Study(2)}&seriesUID={TestImages.Series(2)}&objectUID={TestImages.Instance(2, 5)}", TestContext.Current.CancellationToken));
        await PrivateValuesComeBack(archive);
    }

    /// <summary>Long private values, also one in an item of a private sequence, have an address in the metadata, under which their bytes are.</summary>
    private static async Task PrivateValuesComeBack(ArchiveProcess archive)
    {
        var (creator, value, sequence) = (new DicomTag(0x0009_0010), new DicomTag(0x0009_1001), new DicomTag(0x0009_1002));
        var (top, inside) = (new byte[5000], new byte[3000]);
        new Random(1).NextBytes(top);
        new Random(2).NextBytes(inside);
        var item = new DicomBuilder().Set(creator, "YUNNAO TEST").SetBytes(value, Vr.OB, inside).Build();
        var file = DicomReader.Read(TestImages.Bytes(4, 1)).Value;
        var set = DicomBuilder.From(file.DataSet).Set(creator, "YUNNAO TEST").SetBytes(value, Vr.OB, top).SetItems(sequence, item).Build();
        var other = DicomBuilder.From(set).Set(Tags.SopInstanceUid, TestImages.Instance(4, 2)).Set(Tags.InstanceNumber, "2").Build();
        var (status, answer) = await Stow.Send(archive.Http, DicomWriter.Write(DicomWriter.FileOf(set, TransferSyntax.ExplicitLittle)).Value, DicomWriter.Write(DicomWriter.FileOf(other, TransferSyntax.ImplicitLittle)).Value);
        Assert.True(status == HttpStatusCode.OK, answer);

        var metadata = await archive.Json($"studies/{TestImages.Study(4)}/metadata");
        foreach (var instance in metadata.EnumerateArray()) Assert.Equal(top, await Bytes(instance.GetProperty("00091001")));
        Assert.Equal(inside, await Bytes(metadata[0].GetProperty("00091002").GetProperty("Value")[0].GetProperty("00091001")));

        async Task<byte[]> Bytes(JsonElement element) => await archive.Http.GetByteArrayAsync(element.GetProperty("BulkDataURI").GetString(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Frames_are_shown_as_pictures_in_the_window_and_size_that_is_asked_for()
    {
        await using var archive = await ArchiveProcess.Start(_folder);
        Assert.Equal(HttpStatusCode.OK, (await Stow.Send(archive.Http, [.. Enumerable.Range(1, 3).Select(i => TestImages.Bytes(1, i, 256))])).Status);
        var series = $"studies/{TestImages.Study(1)}/series/{TestImages.Series(1)}";
        var instance = $"{series}/instances/{TestImages.Instance(1, 1)}";
        Assert.Equal((256, 256), PngSize(await Picture(instance + "/rendered", "image/png")));
        Assert.Equal((128, 128), PngSize(await Picture(instance + "/frames/1/rendered?viewport=300,128", "image/png")));
        Assert.Equal((200, 200), PngSize(await Picture(series + "/thumbnail", "image/png")));
        Assert.Equal([0xFF, 0xD8, 0xFF], (await Picture(instance + "/rendered", "image/jpeg"))[..3]);
        Assert.Equal((50, 50), PngSize(await archive.Http.GetByteArrayAsync($"wado?requestType=WADO&contentType=image/png&rows=50&studyUID={TestImages.Study(1)}&seriesUID={TestImages.Series(1)}&objectUID={TestImages.Instance(1, 1)}", TestContext.Current.CancellationToken)));

        // Pixels are noise: in a window above all of them the picture is black, which takes next to nothing.
        Assert.True((await Picture(instance + "/rendered?window=200000,10", "image/png")).Length * 10 < (await Picture(instance + "/rendered?window=32768,65536,linear", "image/png")).Length);
        foreach (var (path, accept, status) in new[]
        {
            (instance + "/rendered?window=a", "image/png", HttpStatusCode.BadRequest), (instance + "/frames/2/rendered", "image/png", HttpStatusCode.NotFound), (instance + "/rendered", "video/mp4", HttpStatusCode.NotAcceptable),
        })
        {
            using var refused = await Ask(path, accept);
            Assert.Equal((path, status), (path, refused.StatusCode));
        }

        using var all = await Ask(series + "/rendered", "multipart/related; type=\"image/jpeg\"");
        Assert.Equal(4, (await all.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("Content-Type: image/jpeg").Length);

        async Task<byte[]> Picture(string path, string accept)
        {
            using var response = await Ask(path, accept);
            Assert.Equal((path, accept), (path, response.EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType));
            return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        }

        async Task<HttpResponseMessage> Ask(string path, string accept)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "dicom-web/" + path);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            return await archive.Http.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Images_are_given_out_without_their_persons_the_same_way_each_time_and_otherwise_to_another()
    {
        var images = Path.Combine(_folder, "ct");
        TestImages.Write(images, 1, 3);
        Assert.Equal(0, (await Standards.CliRun.Of("en", "imaging", "ingest", images, "--data", _folder)).ExitCode);
        var (first, again, other) = (await Given("university"), await Given("university"), await Given("company"));
        Assert.Equal(first.Keys.Order(), again.Keys.Order());
        Assert.All(first, f => Assert.Equal(f.Value, again[f.Key]));
        Assert.Empty(first.Keys.Intersect(other.Keys));
        var pixels = Enumerable.Range(1, 3).Select(i => Convert.ToHexString(TestImages.Bytes(1, i)[^(64 * 64 * 2)..])).Order();
        Assert.Equal(pixels, first.Values.Select(f => Convert.ToHexString(f[^(64 * 64 * 2)..])).Order());
        foreach (var file in first.Values)
        {
            var header = System.Text.Encoding.UTF8.GetString(file[..^(64 * 64 * 2)]);
            Assert.All(["Wang", "王", "PID0001", "ACC00001", "19510101", TestImages.Root], person => Assert.DoesNotContain(person, header));
        }

        async Task<Dictionary<string, byte[]>> Given(string recipient)
        {
            var folder = Directory.CreateTempSubdirectory("yunnao-given-").FullName;
            var run = await Standards.CliRun.Of("en", "imaging", "anonymise", "--study", TestImages.Study(1), "--recipient", recipient, "--to", folder, "--data", _folder);
            Assert.True(run.ExitCode == 0, run.Error);
            var files = Directory.EnumerateFiles(folder, "*.dcm", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(folder, f), File.ReadAllBytes);
            Directory.Delete(folder, recursive: true);
            Assert.Equal(3, files.Count);
            return files;
        }
    }

    private static (int Width, int Height) PngSize(byte[] png)
    {
        Assert.Equal("89504E470D0A1A0A", Convert.ToHexString(png[..8]));
        return (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
    }

    [Fact]
    public async Task Who_reads_on_this_machine_is_in_the_audit_under_the_own_name()
    {
        await using (var archive = await ArchiveProcess.Start(_folder))
        {
            Assert.Equal(HttpStatusCode.OK, (await Stow.Send(archive.Http, TestImages.Bytes(1, 1), TestImages.Bytes(2, 1))).Status);
            await archive.Json("studies");
            await archive.Json($"studies/{TestImages.Study(1)}/instances");
            await archive.Json($"studies/{TestImages.Study(1)}/metadata");
            await archive.File1($"studies/{TestImages.Study(1)}/series/{TestImages.Series(1)}/instances/{TestImages.Instance(1, 1)}");
            Assert.Equal(HttpStatusCode.BadRequest, (await archive.Http.GetAsync($"wado?requestType=WADO&seriesUID={TestImages.Series(2)}&objectUID={TestImages.Instance(2, 1)}", TestContext.Current.CancellationToken)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await archive.Http.GetAsync("dicom-web/studies/1.2.3/metadata", TestContext.Current.CancellationToken)).StatusCode);
        }

        Assert.Equal(0, (await Standards.CliRun.Of("en", "imaging", "get", "--study", TestImages.Study(2), "--to", Path.Combine(_folder, "out"), "--data", _folder)).ExitCode);
        Assert.Equal(0, (await Standards.CliRun.Of("en", "imaging", "erase", "--study", TestImages.Study(2), "--yes", "--data", _folder)).ExitCode);
        var audit = Path.Combine(_folder, "audit.ndjson");
        Assert.Equal(0, (await Standards.CliRun.Of("en", "audit", "export", audit, "--data", _folder)).ExitCode);
        var all = await File.ReadAllLinesAsync(audit, TestContext.Current.CancellationToken);

        // Given out once; erased from a beginning to an end.
        Assert.Equal(3, all.Count(e => e.Contains($"local:{Environment.UserName}", StringComparison.Ordinal) && e.Contains(TestImages.Study(2), StringComparison.Ordinal)));
        var events = all.Where(l => l.Contains("imaging serve", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, events.Count);
        Assert.All(events, e => Assert.Contains($"local:{Environment.UserName}", e, StringComparison.Ordinal));
        Assert.Single(events, e => e.Contains(TestImages.Study(1), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wrong_requests_are_refused_with_a_reason()
    {
        await using var archive = await ArchiveProcess.Start(_folder);
        foreach (var (path, status) in new[]
        {
            ("dicom-web/studies?NoSuchWord=1", HttpStatusCode.BadRequest), ("dicom-web/studies?limit=many", HttpStatusCode.BadRequest),
            ("dicom-web/studies/1.2.3", HttpStatusCode.NotFound), ("dicom-web/studies/1.2.3/metadata", HttpStatusCode.NotFound), ("wado?requestType=X", HttpStatusCode.BadRequest),
        })
            Assert.Equal((path, status), (path, (await archive.Http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await archive.Http.PostAsync("dicom-web/studies", new StringContent("{}"), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Stow.Send(archive.Http, "this is no DICOM file"u8.ToArray())).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await Stow.Send(archive.Http, TestImages.Bytes(1, 1), TestImages.Bytes(1, 2)[..300])).Status);
    }

    [Fact]
    public async Task Contradictions_are_kept_aside_and_nothing_is_lost()
    {
        await using var archive = await ArchiveProcess.Start(_folder);
        Assert.Equal(HttpStatusCode.OK, (await Stow.Send(archive.Http, TestImages.Bytes(1, 1))).Status);

        // The same again, and the same UID with other pixels.
        Assert.Equal(HttpStatusCode.OK, (await Stow.Send(archive.Http, TestImages.Bytes(1, 1))).Status);
        var other = TestImages.Bytes(1, 1);
        other[^1] ^= 1;
        Assert.Equal(HttpStatusCode.OK, (await Stow.Send(archive.Http, other)).Status);
        Assert.Equal(TestImages.Bytes(1, 1), await archive.File1($"studies/{TestImages.Study(1)}/series/{TestImages.Series(1)}/instances/{TestImages.Instance(1, 1)}"));
        Assert.Equal(1, (await archive.Json($"studies/{TestImages.Study(1)}/instances")).GetArrayLength());

        var lines = (await Standards.CliRun.Of("en", "imaging", "quarantine", "--data", _folder)).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("imaging.other-bytes", lines[1]);
        var path = Path.Combine(_folder, "odd.dcm");
        await Standards.CliRun.Of("en", "imaging", "quarantine", "--number", lines[1].Split('\t')[0], "--to", path, "--data", _folder);
        Assert.Equal(other, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }
}
