using Xunit;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Lake;

/// <summary>The commands that look at the lake and keep it in order, from the command line to the exit code.</summary>
public sealed class LakeCommandTests : IDisposable
{
    private const string Header = "patient_id,report_no,item_no,item_code,result_value,reference_low,reference_high,abnormal_flag,report_time\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-commands-").FullName;

    public LakeCommandTests()
    {
        // One mapping is enough here.
        SmallRegistry.Write(Path.Combine(_folder, "standards"));
        foreach (var mapping in Directory.EnumerateFiles(Path.Combine(_folder, "standards", "mappings"), "*.yaml").Where(f => Path.GetFileName(f) != "plain.yaml")) File.Delete(mapping);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_loaded_is_found_shown_taken_back_and_proved()
    {
        await Load("lab1.csv", "P1,R1,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\nP1,R1,2,RBC,4,3.5,9.5,N,2026-01-02 10:00:00\nP2,R2,1,WBC,x,3.5,9.5,N,2026-01-02 10:00:00\n");
        await Load("lab2.csv", "P1,R1,1,WBC,6,3.5,9.5,H,2026-01-03 10:00:00\n");
        Assert.Equal("item_code\tresult_value\nRBC\t4\nWBC\t6\n", (await Run("query", "SELECT item_code, result_value FROM lab.result ORDER BY 1")).Out);
        Assert.Equal("{\"n\":2}\n", (await Run("query", "SELECT count(*) AS n FROM lab.result", "--json")).Out);
        var key = (await Run("query", "SELECT _record FROM lab.result WHERE item_code = 'WBC'", "--csv")).Out.Split('\n')[1];
        var record = (await Run("show", "record", key)).Out;
        Assert.Contains("version 1, superseded by batch 2", record, StringComparison.Ordinal);
        Assert.Contains("abnormal_flag\tFlag\tH high", record, StringComparison.Ordinal);
        var subject = (await Run("query", "SELECT DISTINCT _subject FROM lab.result", "--csv")).Out.Split('\n')[1];
        Assert.Equal(2, (await Run("show", "subject", subject)).Out.Split('\n').Count(l => l.Contains("lab.result", StringComparison.Ordinal)));
        Assert.Contains("lab.result\ttype result_value\t1\t1", (await Run("quarantine", "list")).Out, StringComparison.Ordinal);
        Assert.Contains("\"result_value\":\"x\"", (await Run("quarantine", "show", "--reason", "type")).Out, StringComparison.Ordinal);
        Assert.Equal("batch\tfile\tmapping", string.Join('\t', (await Run("batches")).Out.Split('\n')[0].Split('\t')[..3]));
        Assert.Equal(0, (await Run("lake", "verify")).ExitCode);
        Assert.Contains("lab.result\t2\t", (await Run("lake", "optimize")).Out, StringComparison.Ordinal);
        Assert.Contains("lab.result\t2\t1\t1\t", (await Run("lake", "stats")).Out, StringComparison.Ordinal);
        Assert.Contains("lab.result\t1\t1", (await Run("batch", "take-back", "2")).Out, StringComparison.Ordinal);
        Assert.Equal("n\n5\n", (await Run("query", "SELECT result_value AS n FROM lab.result WHERE item_code = 'WBC'", "--csv")).Out);
        Assert.Equal(0, (await Run("lake", "verify")).ExitCode);
        Assert.Equal(6, (await Run("batch", "take-back", "2")).ExitCode);
    }

    [Fact]
    public async Task An_export_of_the_quarantine_is_whole_or_not_there()
    {
        await Load("lab1.csv", "P2,R2,1,\"a,b\"\"c\",x,3.5,9.5,N,2026-01-02 10:00:00\nP2,R2,2,WBC,y,3.5,9.5,N,2026-01-02 10:00:00\n");
        var file = Path.Combine(_folder, "refused.csv");
        Assert.Equal($"2 rows in {file}\n", (await Run("quarantine", "export", "--to", file)).Out);
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("1,lab1.csv,plain,1,lab.result,1,,,type result_value,\"{\"\"", lines[1], StringComparison.Ordinal);
        Assert.Equal(8, (await Run("quarantine", "export", "--to", Path.Combine(_folder, "no", "such", "folder.csv"))).ExitCode);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.part"));
    }

    [Theory]
    [InlineData(4, "query", "SELECT 1")]
    [InlineData(4, "lake", "stats")]
    [InlineData(4, "batches")]
    [InlineData(1, "show", "record", "abc")]
    [InlineData(1, "show", "subject", "-1")]
    public async Task Without_a_lake_every_command_says_so(int code, params string[] args) => Assert.Equal(code, (await Run(args)).ExitCode);

    [Theory]
    [InlineData(1, "query", "DROP TABLE lab.result")]
    [InlineData(3, "query", "SELECT * FROM read_text('/etc/hostname')")]
    [InlineData(4, "query", "SELECT * FROM nothing.here")]
    [InlineData(4, "show", "record", "1")]
    [InlineData(4, "show", "subject", "1")]
    [InlineData(4, "batch", "show", "99")]
    [InlineData(4, "batch", "take-back", "99")]
    public async Task A_refusal_has_the_exit_code_of_its_kind(int code, params string[] args)
    {
        await Load("lab1.csv", "P1,R1,1,WBC,5,3.5,9.5,N,2026-01-02 10:00:00\n");
        Assert.Equal(code, (await Run(args)).ExitCode);
    }

    private async Task Load(string name, string rows)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, Header + rows, TestContext.Current.CancellationToken);
        var run = await Run("ingest", path, "--source", "plain");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    private Task<CliRun> Run(params string[] args) =>
        CliRun.Of("en", [.. args, "--standards", Path.Combine(_folder, "standards"), "--data", Path.Combine(_folder, "data")]);
}
