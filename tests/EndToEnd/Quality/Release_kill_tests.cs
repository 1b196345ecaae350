using Xunit;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Quality;

/// <summary>The program is killed while it releases; what it says afterwards is whole, and the release can be run again.</summary>
public sealed class Release_kill_tests : IDisposable
{
    private const int Rows = 4000;
    private readonly TestPlatform _platform = new();

    public void Dispose() => _platform.Dispose();

    [Fact]
    public async Task Killed_at_any_moment_a_batch_is_released_or_as_it_was()
    {
        var text = "patient_id,report_no,item_no,item_code,result_value,abnormal_flag,report_time\n"
            + string.Concat(Enumerable.Range(1, Rows).Select(i => $"P{i},R{i},1,WBC,{i % 90},{(i % 2 == 0 ? "Z" : "N")},2026-01-02 10:00:00\n"));
        await _platform.Load(_platform.File("lab.csv", text), "plain");
        File.AppendAllText(Path.Combine(_platform.Standards, "codes/FLAG.csv"), "Z,新,new\n");
        string[] release = ["quarantine", "release", "--data", _platform.Data, "--standards", _platform.Standards];
        for (var delay = 400; delay <= 1600; delay += 400)
        {
            _platform.Close();
            await YunnaoProcess.Kill(release, TimeSpan.FromMilliseconds(delay), fromFirstLine: false);
            _platform.Reopen();
            var counts = _platform.Rows("SELECT received, accepted, quarantined, (SELECT count(*) FROM ops.quarantine), (SELECT count(DISTINCT _record) FROM lab.result), (SELECT count(*) FROM lab.result) FROM ops.batch").Single();
            Assert.Contains(counts, (string[])[$"{Rows}|{Rows / 2}|{Rows / 2}|{Rows / 2}|{Rows / 2}|{Rows / 2}", $"{Rows}|{Rows}|0|0|{Rows}|{Rows}"]);
            Assert.Empty(await _platform.Lake.VerifyAsync(_platform.Objects, TestContext.Current.CancellationToken));
        }

        _platform.Close();
        var (code, _, error) = await YunnaoProcess.Run(release);
        Assert.True(code == 0, error);
        _platform.Reopen();
        Assert.Equal([$"{Rows}|{Rows}|0|0"], _platform.Rows("SELECT received, accepted, quarantined, (SELECT count(*) FROM ops.quarantine) FROM ops.batch"));
        Assert.Empty(await _platform.Lake.VerifyAsync(_platform.Objects, TestContext.Current.CancellationToken));
    }
}
