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

        // Nor in the packs, which hold the files, or anything else that is left of them. They are noise, so only what is long enough to be no chance is looked for.
        var all = Directory.EnumerateFiles(Path.Combine(_folder, "imaging"), "*", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Path.Combine(_folder, "objects"), "*", SearchOption.AllDirectories)).ToList();
        Assert.Contains(all, f => f.EndsWith(".pack", StringComparison.Ordinal));
        foreach (var file in all)
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            foreach (var telling in new[] { "Wang^Wu", "王^五", "张^三", "Smith^Ann", "PID000", "ACC0000", "CHEST CT" })
                if (!file.Contains("index.db", StringComparison.Ordinal) || telling != "CHEST CT") Assert.Equal((file, telling, -1), (file, telling, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(telling))));
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
    public async Task After_a_rotation_old_images_are_read_and_damage_is_found()
    {
        TestImages.Write(Path.Combine(_folder, "ct"), 2, 3);
        foreach (var study in new[] { "s01*", "s02*" })
        {
            var part = Directory.CreateDirectory(Path.Combine(_folder, "part" + study[..3])).FullName;
            foreach (var file in Directory.GetFiles(Path.Combine(_folder, "ct"), study)) File.Copy(file, Path.Combine(part, Path.GetFileName(file)));
            Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", part, "--data", _folder)).ExitCode);
            Assert.Equal(0, (await CliRun.Of("en", "trust", "keys", "rotate", "Objects", "--data", _folder)).ExitCode);
        }

        Assert.Equal(0, (await CliRun.Of("en", "imaging", "verify", "--data", _folder)).ExitCode);
        var got = Path.Combine(_folder, "got");
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "get", "--study", TestImages.Study(1), "--to", got, "--data", _folder)).ExitCode);
        Dcmtk_tests.AssertSame(Directory.GetFiles(Path.Combine(_folder, "ct"), "s01*"), got);

        var pack = Path.Combine(_folder, "imaging", "packs", "00000001.pack");
        var bytes = await File.ReadAllBytesAsync(pack, TestContext.Current.CancellationToken);
        bytes[1000] ^= 1;
        await File.WriteAllBytesAsync(pack, bytes, TestContext.Current.CancellationToken);
        var verified = await CliRun.Of("en", "imaging", "verify", "--data", _folder);
        Assert.NotEqual(0, verified.ExitCode);

        // Which image comes first in a pack is not said.
        Assert.Single(Enumerable.Range(1, 3), i => verified.Out.Contains($"{TestImages.Instance(1, i)} is damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Under_another_key_the_index_is_made_again_from_the_packs()
    {
        TestImages.Write(Path.Combine(_folder, "ct"), 2, 3);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", Path.Combine(_folder, "ct"), "--data", _folder)).ExitCode);
        using (var keys = Yunnao.Trust.Keys.KeyRing.Open(_folder, Yunnao.Trust.Keys.Suite.Aes).Value)
            keys.Rotate(Yunnao.Trust.Keys.KeyUse.ImageIndex, Yunnao.Trust.Keys.Suite.Aes);
        var reading = await CliRun.Of("en", "imaging", "find", "--data", _folder);
        Assert.Contains("imaging.index-version", reading.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", Path.Combine(_folder, "ct"), "--data", _folder)).ExitCode);
        await Finds(1, "PatientName=Wang*");
        await Finds(2);
    }

    [Fact]
    public async Task Without_the_key_of_a_pack_nothing_is_taken_for_damaged()
    {
        TestImages.Write(Path.Combine(_folder, "ct"), 2, 3);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", Path.Combine(_folder, "ct"), "--data", _folder)).ExitCode);
        var ring = Path.Combine(_folder, "keys", "ring.json");
        var before = await File.ReadAllBytesAsync(ring, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await CliRun.Of("en", "trust", "keys", "rotate", "Objects", "--data", _folder)).ExitCode);
        var later = Path.Combine(_folder, "later.dcm");
        await File.WriteAllBytesAsync(later, TestImages.Bytes(3, 1), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", later, "--data", _folder)).ExitCode);

        // The keys come from a backup that is too old, and the index is gone: the archive stays closed until the right keys are there.
        var after = await File.ReadAllBytesAsync(ring, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(ring, before, TestContext.Current.CancellationToken);
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "imaging"), "index.db*")) File.Delete(file);
        Assert.Contains("keys.unknown", (await CliRun.Of("en", "imaging", "ingest", later, "--data", _folder)).Error, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(ring, after, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "ingest", later, "--data", _folder)).ExitCode);
        await Finds(3);
        Assert.Equal(0, (await CliRun.Of("en", "imaging", "verify", "--data", _folder)).ExitCode);
    }

    private async Task Finds(int count, params string[] arguments)
    {
        var run = await CliRun.Of("en", ["imaging", "find", "--json", "--data", _folder, .. arguments]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((string.Join(' ', arguments), count), (string.Join(' ', arguments), run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
    }
}
