using Microsoft.Data.Sqlite;
using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Tests.Engines.Imaging;

/// <summary>An image is acknowledged when it is on the disk, and filed in the index a moment later: nobody can tell, whatever the index does meanwhile.</summary>
public sealed class FilingQueueTests : IDisposable
{
    private const string Root = "1.2.826.0.1.3680043.10.9999.7";
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-filing-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_asks_finds_what_was_acknowledged_before(bool flushes)
    {
        await using var archive = await OpenAsync(_folder, flushes);
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(StoreResult.Stored, await StoreAsync(archive, Image(i)));
            if (i % 7 == 0) Assert.NotNull(archive.Index.FindInstance("", "", Uid(i)));
        }

        Assert.Equal(200, archive.Index.Count().Instances);
    }

    [Fact]
    public async Task An_instance_that_comes_again_at_once_is_known_and_one_with_other_bytes_is_held()
    {
        await using var archive = await OpenAsync(_folder);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(StoreResult.Stored, await StoreAsync(archive, Image(i)));
            Assert.Equal(StoreResult.Already, await StoreAsync(archive, Image(i)));
            Assert.Equal(StoreResult.Held, await StoreAsync(archive, Image(i, pixel: 9), untilFiled: true));
            Assert.Equal(StoreResult.Already, await StoreAsync(archive, Image(i, pixel: 9)));
        }

        Assert.Equal((50, 50), (archive.Index.Count().Instances, archive.Index.Count().Quarantined));
    }

    [Fact]
    public async Task What_a_killed_process_had_not_filed_is_filed_when_the_archive_is_opened_again_also_only_for_reading()
    {
        var copy = _folder + "-copy";
        try
        {
            await using (var archive = await OpenAsync(_folder))
            {
                for (var i = 0; i < 40; i++)
                {
                    Assert.Equal(StoreResult.Stored, await StoreAsync(archive, Image(i)));
                    Copy(_folder, copy);
                    await using var other = await OpenAsync(copy, readOnly: i % 2 == 0);
                    Assert.Equal(i + 1, other.Index.Count().Instances);
                    Assert.Equal(Image(i), Bytes(other, i));
                }
            }
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public async Task An_image_that_the_index_does_not_take_is_put_aside_and_the_others_are_filed()
    {
        await using var archive = await OpenAsync(_folder);
        await StoreAsync(archive, Image(0), untilFiled: true);
        Sql($"CREATE TRIGGER defect BEFORE INSERT ON instance WHEN NEW.uid = '{Uid(5)}' BEGIN SELECT RAISE(ABORT, 'a defect'); END");
        for (var i = 1; i < 10; i++) Assert.Equal(StoreResult.Stored, await StoreAsync(archive, Image(i)));
        Assert.Equal(9, archive.Index.Count().Instances);
        var aside = Assert.Single(archive.Index.Quarantine(10));
        Assert.Equal("imaging.not-filed", aside.Reason);
        Assert.Equal(Image(5), Bytes(archive.Open(aside)));
        for (var i = 0; i < 10; i++)
            if (i != 5) Assert.Equal(Image(i), Bytes(archive, i));
    }

    [Fact]
    public async Task While_the_index_cannot_be_written_senders_are_told_and_what_was_acknowledged_is_found_later()
    {
        await using var archive = await OpenAsync(_folder);
        await StoreAsync(archive, Image(0), untilFiled: true);
        Sql("ALTER TABLE study RENAME TO hidden");
        Assert.Equal(StoreResult.Stored, await StoreAsync(archive, Image(1), untilFiled: true));
        for (var i = 2; i < 5; i++) Assert.Equal(StoreResult.NotKept, await StoreAsync(archive, Image(i)));
        Sql("ALTER TABLE hidden RENAME TO study");
        Assert.Equal(StoreResult.Stored, await StoreAsync(archive, Image(2)));
        Assert.Equal(3, archive.Index.Count().Instances);
        for (var i = 0; i < 3; i++) Assert.Equal(Image(i), Bytes(archive, i));
    }

    private static async Task<ImageArchive> OpenAsync(string folder, bool flushes = true, bool readOnly = false) =>
        (await ImageArchive.OpenAsync(new() { Folder = folder, FlushToDisk = flushes, ReadOnly = readOnly }, TimeProvider.System, Cancellation)).Value;

    private static async Task<StoreResult> StoreAsync(ImageArchive archive, byte[] bytes, bool untilFiled = false)
    {
        using var run = archive.BeginRun();
        await using var file = archive.Receive(bytes.Length, run);
        foreach (var piece in bytes.Chunk(100_000)) await file.AppendAsync(piece);
        return (await archive.StoreAsync([file], "42010001", "CT1", untilFiled))[0].Result;
    }

    private static byte[] Bytes(ImageArchive archive, int number) => Bytes(archive.Open(archive.Index.FindInstance("", "", Uid(number))!.Instance!));

    private static byte[] Bytes(StoredFile file)
    {
        using var bytes = new MemoryStream();
        using var stream = file.Open();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private void Sql(string text)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "imaging", "index.db")};Pooling=False;Default Timeout=30");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "owner") continue;
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static string Uid(int number) => $"{Root}.{number / 20}.1.{number}";

    private static byte[] Image(int number, byte pixel = 0)
    {
        // Some are longer than what is written ahead in one piece, some shorter than a page.
        var pixels = new byte[number % 3 == 0 ? 400_000 : number % 3 == 1 ? 70_000 : 900];
        new Random(number).NextBytes(pixels);
        pixels[0] = pixel;
        var set = new DicomBuilder()
            .Set(Tags.SopClassUid, "1.2.840.10008.5.1.4.1.1.2").Set(Tags.SopInstanceUid, Uid(number)).Set(Tags.StudyDate, "20240101").Set(Tags.Modality, "CT")
            .Set(Tags.PatientName, "Smith^Ann").Set(Tags.PatientId, "PID1").Set(Tags.StudyInstanceUid, $"{Root}.{number / 20}").Set(Tags.SeriesInstanceUid, $"{Root}.{number / 20}.1")
            .Set(Tags.InstanceNumber, $"{number}").SetBytes(Tags.PixelData, Vr.OW, pixels).Build();
        return DicomWriter.Write(DicomWriter.FileOf(set, TransferSyntax.ExplicitLittle)).Value;
    }
}
