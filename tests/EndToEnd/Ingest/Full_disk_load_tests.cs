using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>A disk that fills up while a file is loaded: it is said by its name, nothing is half there, and with room again the same command loads every row once.</summary>
public sealed class Full_disk_load_tests : IDisposable
{
    private const int Rows = 40_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-full-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_that_finds_no_room_is_loaded_when_there_is_room()
    {
        var (standards, file) = (Path.Combine(_folder, "standards"), Path.Combine(_folder, "lab.csv"));
        SmallRegistry.Write(standards);
        await File.WriteAllTextAsync(file, "patient_id,report_no,item_no,item_code,result_value,report_time\n"
            + string.Concat(Enumerable.Range(1, Rows).Select(i => $"P{i},R{i},1,GLU,{i % 9},2025-03-{1 + i % 28:00} 08:00:00\n")), TestContext.Current.CancellationToken);
        using (var disk = new SmallDisk(Data, 6))
        {
            Task<CliRun> Load() => CliRun.Of("en", ["ingest", file, "--source", "plain", "--organisation", "H1", "--data", Data, "--standards", standards]);
            var full = 0;
            for (var megabytes = 6; ; megabytes += megabytes / 2)
            {
                disk.Resize(megabytes);
                var run = await Load();
                if (run.ExitCode == 0) break;
                Assert.True(run.Error.Contains("disk.full", StringComparison.Ordinal) || run.Error.Contains("lake.open", StringComparison.Ordinal), run.Error);
                full++;
            }

            Assert.True(full > 2, $"{full}");
            disk.Resize(200);
            Assert.Equal(0, (await Load()).ExitCode);
            var counted = await CliRun.Of("en", ["query", "--csv", "SELECT count(*) AS n, count(DISTINCT _subject) AS persons FROM lab.result", "--data", Data, "--standards", standards]);
            Assert.Contains($"{Rows},{Rows}", counted.Out, StringComparison.Ordinal);
            var verified = await CliRun.Of("en", ["lake", "verify", "--data", Data, "--standards", standards]);
            Assert.True(verified.ExitCode == 0, verified.Error);
        }
    }
}
