using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Pixels;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>
/// Every public object beside the repository through the archive: in by one of its three doors, found by both kinds of search, out byte for byte
/// over DICOMweb and over an association, with its metadata and its frames. That metadata are those of dcmtk and frames those of the truth is shown
/// for the readers by tests/Conformance; here the archive must give what the readers say.
/// </summary>
public sealed class Public_object_tests : IDisposable
{
    private const string Plain = "1.2.840.10008.1.2.1";
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-objects-").FullName;

    private static readonly string[] Reasons = ["imaging.patient-name", "imaging.patient-birth-date", "imaging.other-bytes", "imaging.no-uid", "imaging.cut-off", "imaging.not-an-image", "imaging.study-of-other-patient", "imaging.series-of-other-study", "dicom.not-dicom"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_goes_in_by_any_door_is_found_and_comes_out_as_it_was_or_is_kept_with_a_reason()
    {
        var files = ImagingData.Files();
        string[] ingested = [.. files.Where((_, i) => i % 3 == 0)], posted = [.. files.Where((_, i) => i % 3 == 1)], sent = [.. files.Where((_, i) => i % 3 == 2)];
        await CliRun.Of("en", ["imaging", "ingest", "--data", _folder, .. ingested]);
        var own = Ports.Free();
        await using var archive = await ArchiveProcess.Start(_folder, "--peer", $"MOVEDST=127.0.0.1:{own}");
        foreach (var some in posted.Chunk(40)) await Stow.Send(archive.Http, [.. some.Select(File.ReadAllBytes)]);

        // dcmtk sends what is an image with a meta header and passes over the rest, which comes by STOW.
        var report = Path.Combine(_folder, "sent.txt");
        await Peer.Run("dcmsend", ["-nh", "-dn", "-nuc", "-aec", ArchiveProcess.Title, "+crf", report, "127.0.0.1", $"{archive.Dicom}", .. sent]);
        var stored = await StoredByAssociation();
        Assert.InRange(stored, sent.Length * 3 / 5, sent.Length);

        var aside = Path.Combine(_folder, "aside");
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "quarantine", "--limit", "1000", "--to", aside, "--data", _folder)).ExitCode);
        var quarantined = await Quarantined(aside);
        var (kept, late) = (new List<Kept>(), new List<string>());
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file, Token);
            if (await Find(archive, bytes) is { } found && (found.IsExact || (sent.Contains(file) && SaysTheSame(found.Bytes, bytes)))) kept.Add(found with { File = file });
            else if (!IsAside(bytes)) late.Add(file);
        }

        // What dcmtk did not send, or wrote anew on the way and is not the first of its UID.
        Assert.All(late, f => Assert.Contains(f, sent));
        foreach (var file in late)
        {
            var bytes = await File.ReadAllBytesAsync(file, Token);
            await Stow.Send(archive.Http, bytes);
            if (await Find(archive, bytes) is { IsExact: true } found) kept.Add(found with { File = file });
        }

        await CliRun.Of("en", "imaging", "quarantine", "--limit", "1000", "--to", aside, "--data", _folder);
        quarantined = await Quarantined(aside);
        var names = kept.Select(k => k.File).ToHashSet();
        var lost = files.Where(f => !names.Contains(f) && !IsAside(File.ReadAllBytes(f))).ToList();
        Assert.True(lost.Count == 0, string.Join('\n', lost));
        var listed = (await CliRun.Of("en", "imaging", "quarantine", "--limit", "1000", "--data", _folder)).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1);
        Assert.All(listed, l => Assert.Contains(Reasons, r => l.Contains(r, StringComparison.Ordinal)));

        // The collection holds many an instance in several transfer syntaxes under one UID: the first is among the images, the others are kept aside.
        Assert.True(kept.Count > files.Length * 2 / 3, $"only {kept.Count} of {files.Length} were stored");
        Assert.True(kept.Count(k => k.IsExact) > kept.Count * 9 / 10, $"only {kept.Count(k => k.IsExact)} of {kept.Count} are the file itself");

        await Are_found(archive, kept);
        await Come_over_an_association(archive, kept, own);
        foreach (var one in kept)
        {
            await Has_its_metadata(archive, one);
            await Shows_its_frames(archive, one);
        }

        Assert.Contains("damaged 0", (await CliRun.Of("en", "imaging", "verify", "--data", _folder)).Out);

        bool IsAside(byte[] bytes) => quarantined.Contains(Hash(bytes)) || quarantined.Contains(DataHash(bytes));

        async Task<int> StoredByAssociation() =>
            (await File.ReadAllLinesAsync(report, Token)).Where(l => l.Contains("with status SUCCESS", StringComparison.Ordinal)).Select(l => int.Parse(l.Split(':')[1])).FirstOrDefault();
    }

    /// <summary>C-FIND by the UIDs of every object, over one association.</summary>
    private async Task Are_found(ArchiveProcess archive, List<Kept> kept)
    {
        var queries = Directory.CreateDirectory(Path.Combine(_folder, "queries")).FullName;
        for (var i = 0; i < kept.Count; i++)
        {
            var query = new DicomBuilder().Set(Tags.QueryRetrieveLevel, "IMAGE").Set(Tags.StudyInstanceUid, kept[i].Study).Set(Tags.SeriesInstanceUid, kept[i].Series).Set(Tags.SopInstanceUid, kept[i].Instance).Build();
            await File.WriteAllBytesAsync(Path.Combine(queries, $"{i}"), DicomWriter.WriteDataSet(query, TransferSyntax.ImplicitLittle).Value, Token);
        }

        var output = await Peer.Must("findscu", ["-S", "-aec", ArchiveProcess.Title, "127.0.0.1", $"{archive.Dicom}", .. Directory.GetFiles(queries)]);
        const string Found = "(0008,0018) U";
        Assert.Equal(kept.Count, output.Split(Found).Length - 1);

        // Long values are printed shortened, and those of an object that gives all its elements the representation UN as bytes.
        Assert.Empty(kept.Where(k => IsText(k) && !output.Contains($"{Found}I [{k.Instance[..Math.Min(k.Instance.Length, 40)]}", StringComparison.Ordinal)).Select(k => k.File));

        static bool IsText(Kept one) => DicomReader.ReadHeader(one.Bytes).Value.DataSet.TryGet(Tags.SopInstanceUid, out var element) && element.Vr == Vr.UI;
    }

    /// <summary>C-MOVE of every study to a peer that takes every transfer syntax, an association a study: the data sets are those that DICOMweb gives.</summary>
    private async Task Come_over_an_association(ArchiveProcess archive, List<Kept> kept, int own)
    {
        var (query, moved) = (Path.Combine(_folder, "move"), Directory.CreateDirectory(Path.Combine(_folder, "moved")).FullName);
        var studies = new DicomBuilder().Set(Tags.QueryRetrieveLevel, "STUDY").Set(Tags.StudyInstanceUid, [.. kept.Select(k => k.Study).Distinct()]).Build();
        await File.WriteAllBytesAsync(query, DicomWriter.WriteDataSet(studies, TransferSyntax.ImplicitLittle).Value, Token);
        using var peer = Peer.Start("storescp", "-aet", "MOVEDST", "-od", moved, "+xa", "+B", $"{own}");
        try
        {
            await Dcmtk_tests.Listening(own);
            await Peer.Run("movescu", "-S", "-aem", "MOVEDST", "-aec", ArchiveProcess.Title, "127.0.0.1", $"{archive.Dicom}", query);
        }
        finally
        {
            peer.Kill();
            await peer.WaitForExitAsync(CancellationToken.None);
        }

        // An odd length is made even on the way, and dcmtk 3.6.7 takes no class and no syntax that it does not know (private ones, HTJ2K).
        var received = Directory.GetFiles(moved).Select(f => DataHash(File.ReadAllBytes(f))).ToHashSet();
        var missing = kept.Where(k => !received.Contains(DataHash(k.Bytes))).ToList();
        Assert.True(missing.Count <= kept.Count / 20, string.Join('\n', missing.Select(m => m.File)));
    }

    /// <summary>The metadata are what the reader says of the file, element by element.</summary>
    private static async Task Has_its_metadata(ArchiveProcess archive, Kept one)
    {
        var served = (await archive.Json(one.Path + "/metadata"))[0];
        var header = DicomReader.ReadHeader(one.Bytes).Value;
        using var expected = JsonDocument.Parse(DicomJson.Write(header.DataSet, new() { BulkDataUri = p => $"{archive.Http.BaseAddress}dicom-web/{one.Path}/bulkdata/{p}" }), new() { MaxDepth = 256 });
        Assert.Equal(expected.RootElement.EnumerateObject().Select(p => p.Name), served.EnumerateObject().Select(p => p.Name));
        foreach (var element in expected.RootElement.EnumerateObject()) Assert.Equal((one.File, element.Name, element.Value.GetRawText()), (one.File, element.Name, served.GetProperty(element.Name).GetRawText()));
    }

    /// <summary>The first and the last frame: samples as the decoder gives them, and a picture; or both are refused in words.</summary>
    private static async Task Shows_its_frames(ArchiveProcess archive, Kept one)
    {
        var file = DicomReader.Read(one.Bytes).Value;
        if (!FrameIndex.Of(file).Try(out var index, out _) || index.Count == 0) return;
        foreach (var frame in new[] { 0, index.Count - 1 }.Distinct())
        {
            var shown = FrameRenderer.Render(file, frame);
            using var picture = await Get(archive, $"{one.Path}/frames/{frame + 1}/rendered", "image/png");
            Assert.True(shown.Ok ? picture.IsSuccessStatusCode : picture.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NotAcceptable, $"{one.File} frame {frame + 1}: {picture.StatusCode} {shown.Problem}");
            if (shown.Ok)
            {
                var png = await picture.Content.ReadAsByteArrayAsync(Token);
                Assert.Equal((one.File, shown.Value.Width, shown.Value.Height), (one.File, Number(png, 16), Number(png, 20)));
            }

            if (!file.Syntax.IsEncapsulated || !FrameDecoder.CanDecode(file.Syntax)) continue;
            using var samples = await Get(archive, $"{one.Path}/frames/{frame + 1}", $"application/octet-stream; transfer-syntax={Plain}");
            var given = await samples.Content.ReadAsByteArrayAsync(Token);
            if (FrameDecoder.Decode(file, frame).Try(out var decoded, out _)) Assert.True(decoded.Samples.Span.SequenceEqual(given), one.File);
            else Assert.Equal((one.File, HttpStatusCode.NotAcceptable), (one.File, samples.StatusCode));
        }

        static int Number(byte[] png, int at) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
    }

    /// <summary>The instance in the archive that the object names, by QIDO and WADO; null when there is none.</summary>
    private static async Task<Kept?> Find(ArchiveProcess archive, byte[] bytes)
    {
        if (!DicomReader.ReadHeader(bytes).Try(out var header, out _)) return null;
        var (study, series, instance) = (header.DataSet.GetString(Tags.StudyInstanceUid), header.DataSet.GetString(Tags.SeriesInstanceUid), header.DataSet.GetString(Tags.SopInstanceUid));
        if (study is null || series is null || instance is null || (await archive.Json($"instances?StudyInstanceUID={study}&SeriesInstanceUID={series}&SOPInstanceUID={instance}")).GetArrayLength() != 1) return null;
        var path = $"studies/{study}/series/{series}/instances/{instance}";
        var given = await archive.File1(path);
        return new("", study, series, instance, path, given, given.AsSpan().SequenceEqual(bytes) || DataHash(given) == DataHash(bytes));
    }

    /// <summary>True when two objects differ in how they are written alone: dcmtk writes what it sends anew.</summary>
    private static bool SaysTheSame(byte[] one, byte[] other)
    {
        var all = new DicomJsonOptions { LargestInline = int.MaxValue };
        return DicomReader.Read(one).Try(out var read, out _) && DicomReader.Read(other).Try(out var second, out _) && read.DataSet.GetString(Tags.SopInstanceUid) == second.DataSet.GetString(Tags.SopInstanceUid)
            && read.Syntax == second.Syntax && DicomJson.Write(Without(read), all).AsSpan().SequenceEqual(DicomJson.Write(Without(second), all));

        // Group lengths and padding are what a writer makes of them.
        static DicomDataSet Without(DicomFile file)
        {
            var builder = DicomBuilder.From(file.DataSet);
            foreach (var element in file.DataSet)
                if (element.Tag.Element == 0 || element.Tag.Value == 0xFFFC_FFFC) builder.Remove(element.Tag);
            return builder.Build();
        }
    }

    private static async Task<HttpResponseMessage> Get(ArchiveProcess archive, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "dicom-web/" + path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await archive.Http.SendAsync(request, Token);
    }

    /// <summary>Hashes of files that are kept aside, and of their data sets: what came over an association has a meta header of ours.</summary>
    private static async Task<HashSet<string>> Quarantined(string folder)
    {
        var hashes = new HashSet<string>();
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            var bytes = await File.ReadAllBytesAsync(file, Token);
            hashes.UnionWith([Hash(bytes), DataHash(bytes)]);
        }

        return hashes;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private static string DataHash(byte[] bytes) => DicomReader.ReadHeader(bytes).Try(out var header, out _) ? Convert.ToHexString(SHA256.HashData(bytes.AsSpan((int)header.DataSetOffset))) : Hash(bytes);

    /// <param name="IsExact">True when the data set is that of the file, byte for byte.</param>
    private sealed record Kept(string File, string Study, string Series, string Instance, string Path, byte[] Bytes, bool IsExact);
}
