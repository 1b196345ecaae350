using Xunit;
using Yunnao.Services.Imaging;
using Yunnao.Tests.EndToEnd.Feeds;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>The index in SQLite and in PostgreSQL: the same answers to the same questions.</summary>
public sealed class Index_database_tests(DatabaseServers servers) : IClassFixture<DatabaseServers>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-index-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgresql")]
    public async Task What_is_stored_is_found_counted_erased_and_made_again(string kind)
    {
        var stop = TestContext.Current.CancellationToken;
        string? connection = null;
        if (kind == "postgresql")
        {
            var (plain, open) = servers.Make("postgres");
            await open.DisposeAsync();
            connection = $"{plain};Password={DatabaseServers.Password}";
        }

        var files = TestImages.Write(Path.Combine(_folder, "ct"), 3, 4);
        await using (var archive = await Open())
        {
            await foreach (var (_, outcome) in ImageDesk.IngestAsync(archive, files, "H1", stop)) Assert.Equal(StoreResult.Stored, outcome.Result);
            await foreach (var (_, outcome) in ImageDesk.IngestAsync(archive, files.Take(2), "H1", stop)) Assert.Equal(StoreResult.Already, outcome.Result);
            Assert.Equal((3, 3, 3, 12), Counts(archive));
            Assert.Equal(1, Found(archive, "study", ("PatientName", "Wang*")));
            Assert.Equal(1, Found(archive, "study", ("PatientName", "*mith*")));
            Assert.Equal(1, Found(archive, "study", ("PatientID", "PID0002")));
            Assert.Equal(3, Found(archive, "study", ("PatientID", "PID*")));
            Assert.Equal(1, Found(archive, "study", ("AccessionNumber", "ACC00003")));
            Assert.Equal(2, Found(archive, "study", ("StudyDate", "20240101-20240303")));
            Assert.Equal(3, Found(archive, "study", ("ModalitiesInStudy", "CT")));
            Assert.Equal(0, Found(archive, "study", ("ModalitiesInStudy", "MR")));
            Assert.Equal(3, Found(archive, "study", ("ModalitiesInStudy", "C*")));
            Assert.Equal(1, Found(archive, "study", ("ModalitiesInStudy", "MR\\CT"), ("PatientName", "Wang*")));
            Assert.Equal(3, Found(archive, "study", ("StudyDescription", "chest*")));
            Assert.Equal(1, Found(archive, "series", ("StudyInstanceUID", TestImages.Study(1)), ("Modality", "CT")));
            Assert.Equal(4, Found(archive, "instance", ("SeriesInstanceUID", TestImages.Series(2))));
            Assert.Equal(1, Found(archive, "instance", ("SOPInstanceUID", TestImages.Instance(2, 3))));
            Assert.Equal(1, Found(archive, "study", ("PatientName", "wu wang"), fuzzy: true));

            // Who has enough leaves the rest: the database is told, and the next question is answered all the same.
            for (var turn = 0; turn < 20; turn++)
            {
                Assert.Single(ImageDesk.Find(archive, "study", [("PatientID", "PID*")], fuzzy: false, 1).Value);
                Assert.Equal(3, Found(archive, "study", ("PatientID", "PID*")));
            }
        }

        await using (var archive = await Open())
        {
            Assert.Equal(4, await ImageDesk.EraseAsync(archive, new(null, TestImages.Study(1), null, null), _ => { }, stop));
            Assert.Equal(1, await ImageDesk.EraseAsync(archive, new(null, null, null, TestImages.Instance(2, 1)), _ => { }, stop));
            Assert.Equal((2, 2, 2, 7), Counts(archive));
            Assert.Equal(0, Found(archive, "study", ("PatientName", "Wang*")));
            await foreach (var (instance, isWhole, _) in ImageDesk.VerifyAsync(archive, new(null, null, null, null), stop)) Assert.True(isWhole, instance);
        }

        async Task<ImageArchive> Open()
        {
            var opened = await ImageArchive.OpenAsync(new() { Folder = _folder, PostgreSql = connection }, TimeProvider.System, stop);
            Assert.True(opened.Ok, opened.Problem?.ToString());
            return opened.Value;
        }
    }

    private static (long, long, long, long) Counts(ImageArchive archive) => ImageDesk.Count(archive) is var c ? (c.Patients, c.Studies, c.Series, c.Instances) : default;

    private static int Found(ImageArchive archive, string level, params (string, string)[] keys) => Found(archive, level, keys, fuzzy: false);

    private static int Found(ImageArchive archive, string level, (string, string) key, bool fuzzy) => Found(archive, level, [key], fuzzy);

    private static int Found(ImageArchive archive, string level, (string, string)[] keys, bool fuzzy) => ImageDesk.Find(archive, level, keys, fuzzy, 100).Value.Count;
}
