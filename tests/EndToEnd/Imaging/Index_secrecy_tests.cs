using System.Text;
using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Who has the index and not the key reads nobody's name or number in it, and all searches still work.</summary>
public sealed class Index_secrecy_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-secrecy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_database_of_the_index_names_nobody_and_finds_everybody()
    {
        TestImages.Write(Path.Combine(_folder, "ct"), 3, 4);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", Path.Combine(_folder, "ct"), "--data", _folder)).ExitCode);
        var files = Directory.EnumerateFiles(Path.Combine(_folder, "imaging"), "index.db*").ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var text = Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            foreach (var telling in new[] { "Wang", "Zhang", "张", "Smith", "PID000", "ACC000", "1951", "1952", "Li^Wei", "LI^WEI" }) Assert.DoesNotContain(telling, text, StringComparison.OrdinalIgnoreCase);
        }

        await Finds(1, "PatientName=Wang^Wu");
        await Finds(1, "PatientName=Wang*");
        await Finds(1, "PatientName=WANG^W*");
        await Finds(1, "PatientName=王*");
        await Finds(1, "PatientName=*mith*");
        await Finds(1, "PatientName=Zhang^S?n");
        await Finds(0, "PatientName=Wan");
        await Finds(0, "PatientName=Zhang^Sab*");
        await Finds(1, "PatientID=PID0002");
        await Finds(3, "PatientID=PID*");
        await Finds(1, "AccessionNumber=ACC00003");
        await Finds(2, "PatientBirthDate=19510101-19520101");
        await Finds(3, "ReferringPhysicianName=li^wei");
        await Finds(1, "StudyID=2");
        await Finds(1, "PatientName=Wang*", "StudyDate=20240101-20241231", "PatientBirthDate=19510101");
        await Finds(1, "PatientName=wu wang", "--fuzzy");
        await Finds(2, "PatientID=PID*", "--limit", "2");

        // What is erased leaves nothing to be found by.
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "erase", "--study", TestImages.Study(1), "--yes", "--data", _folder)).ExitCode);
        await Finds(0, "PatientName=Wang*");
        await Finds(2, "PatientID=PID*");
    }

    [Fact]
    public async Task Under_another_key_the_index_is_made_again_from_the_packs()
    {
        TestImages.Write(Path.Combine(_folder, "ct"), 2, 3);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", Path.Combine(_folder, "ct"), "--data", _folder)).ExitCode);
        Directory.Delete(Path.Combine(_folder, "keys"), recursive: true);
        using (var keys = Yunnao.Trust.Keys.KeyRing.Open(_folder, Yunnao.Trust.Keys.Suite.Aes).Value)
            for (var i = 0; i < 2; i++) keys.Rotate(Yunnao.Trust.Keys.KeyUse.ImageIndex, Yunnao.Trust.Keys.Suite.Aes);
        var reading = await CliRun.Of("en", "imaging", "find", "--data", _folder);
        Assert.Contains("imaging.index-version", reading.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", Path.Combine(_folder, "ct"), "--data", _folder)).ExitCode);
        await Finds(1, "PatientName=Wang*");
        await Finds(2);
    }

    private async Task Finds(int count, params string[] arguments)
    {
        var run = await CliRun.Of("en", ["imaging", "find", "--json", "--data", _folder, .. arguments]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((string.Join(' ', arguments), count), (string.Join(' ', arguments), run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
    }
}
