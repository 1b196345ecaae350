using System.Text.RegularExpressions;
using Xunit;
using Yunnao.Services.Ingest;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>Whatever the file is, loading ends with a documented problem, or with a batch whose records are all accounted for; and says nothing of a patient.</summary>
public sealed partial class Garbage_tests
{
    /// <summary>Batches whose quarantine, or whose visible rows (some went to history), are not those of the ledger.</summary>
    private const string Unaccounted = """
        SELECT number FROM ops.batch b WHERE quarantined <> (SELECT count(*) FROM ops.quarantine q WHERE q.batch = b.number)
            OR accepted < (SELECT count(*) FROM (SELECT _batch FROM lab.result WHERE _rejected IS NULL UNION ALL SELECT _batch FROM person.basic WHERE _rejected IS NULL) WHERE _batch = number)
        """;

    [Fact]
    public async Task No_file_makes_the_loading_fail_lose_records_or_tell_of_patients()
    {
        var seed = Environment.GetEnvironmentVariable("YUNNAO_TEST_SEED") is { Length: > 0 } given ? int.Parse(given) : System.Random.Shared.Next();
        var documented = Codes();
        var wrong = new List<string>();
        var number = 0;
        var platform = new TestPlatform();
        foreach (var (name, file, bytes, source) in new GarbageFiles(new Random(seed)).All())
        {
            var path = platform.File(Path.Combine($"{number++}", file), bytes);
            try
            {
                if (Judge(await platform.Load(path, source), documented) is { } fault) wrong.Add($"{file}, {name}: {fault}");
                if (platform.Rows(Unaccounted) is { Count: > 0 } batches) wrong.Add($"{file}, {name}: the ledger of batch {batches[0]} is not what the tables hold");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                wrong.Add($"{file}, {name}: {e.GetType().Name} {e.Message.Split('\n')[0]}");
                platform.Dispose();
                platform = new();
            }
        }

        platform.Dispose();
        Assert.True(wrong.Count == 0, $"With YUNNAO_TEST_SEED={seed}, of {number} files:\n{string.Join('\n', wrong)}");
    }

    [Theory]
    [InlineData("plain", "lab.csv", "patient_id,report_no,item_no,item_code,unknown,report_time\nP1,R1,1,WBC,x,2026-01-02\nP1,R2,1,WBC,x,2026-01-02 1\u00D7\n", "type report_time")]
    [InlineData("plain", "person.csv", "recorded_time,sex,patient_id,name,id_number\n2026-01-02,1,P1,Zhang,11010519491231002X\n2026-01-02,1,P2,Zhang,1101\u00D7\n", "id-number id_number;encoding id_number")]
    public async Task A_byte_that_is_no_text_in_a_late_column_of_a_file_that_is_read_in_part_does_not_break_the_engine(string source, string name, string latin1, string reason)
    {
        using var platform = new TestPlatform();
        var outcome = await platform.Load(platform.File(name, System.Text.Encoding.Latin1.GetBytes(latin1)), source);
        Assert.Null(outcome.Problem);
        Assert.Equal((2, 1, 1), (outcome.Batch!.Received, outcome.Batch.Accepted, outcome.Batch.Quarantined));
        Assert.Equal([$"2|{reason}"], platform.Rows("SELECT record_number, array_to_string(reasons, ';') FROM ops.quarantine"));
    }

    [Fact]
    public async Task What_the_program_prints_holds_no_value_of_a_patient()
    {
        var folder = Directory.CreateTempSubdirectory("yunnao-test-").FullName;
        try
        {
            SmallRegistry.Write(Path.Combine(folder, "standards"));
            foreach (var group in new GarbageFiles(new Random(5)).Good.GroupBy(g => g.Source))
            {
                var files = Path.Combine(folder, "in", group.Key);
                Directory.CreateDirectory(files);
                foreach (var (name, bytes, _) in group)
                {
                    var end = name.IndexOf('.', StringComparison.Ordinal);
                    await Write(name, bytes);
                    await Write($"{name[..end]}-cut{name[end..]}", bytes[..(bytes.Length / 2)]);
                    await Write($"{name[..end]}-nohead{name[end..]}", [.. bytes.SkipWhile(b => b != '\n').Skip(1)]);
                    await Write($"{name[..end]}-quote{name[end..]}", [.. bytes, (byte)'"', .. bytes]);
                    Task Write(string file, byte[] content) => File.WriteAllBytesAsync(Path.Combine(files, file), content, TestContext.Current.CancellationToken);
                }

                foreach (var form in (string[])["--report", "--json"])
                {
                    var run = await CliRun.Of("en", "ingest", files, "--source", group.Key, form, "--dry-run", "--data", Path.Combine(folder, "data"), "--standards", Path.Combine(folder, "standards"));
                    Assert.DoesNotContain("cli.fault", run.Error, StringComparison.Ordinal);
                    Assert.NotEmpty(run.Out);
                    Assert.All(GarbageFiles.Secrets, s => Assert.DoesNotContain(s, run.Out + run.Error, StringComparison.OrdinalIgnoreCase));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_named_like_a_file_is_a_folder_and_a_missing_file_is_a_problem()
    {
        using var platform = new TestPlatform();
        platform.File("lab.csv/lab1.csv", "patient_id,report_no,item_no,item_code,report_time\nP1,R1,1,WBC,2026-01-02\n");
        var folder = Path.GetDirectoryName(platform.File("lab.csv/note.txt", "P1"))!;
        var outcomes = new List<FileOutcome>();
        await foreach (var outcome in platform.Ingest.IngestAsync(new([folder, folder + "2"], "plain"), null, TestContext.Current.CancellationToken)) outcomes.Add(outcome);
        Assert.Equal(["", "ingest.no-file", "ingest.no-rule"], outcomes.Select(o => o.Problem?.Code ?? "").Order());
        Assert.Equal(1, outcomes.Single(o => o.Problem is null).Batch!.Accepted);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_a_problem_and_does_not_stop_the_others()
    {
        using var platform = new TestPlatform();
        var folder = Path.GetDirectoryName(platform.File("some/lab1.csv", "patient_id,report_no,item_no,item_code,report_time\nP1,R1,1,WBC,2026-01-02\n"))!;
        try
        {
            File.CreateSymbolicLink(Path.Combine(folder, "lab0.csv"), Path.Combine(folder, "nowhere"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip("This user may not make symbolic links.");
        }

        var outcomes = new List<FileOutcome>();
        await foreach (var outcome in platform.Ingest.IngestAsync(new([folder], "plain"), null, TestContext.Current.CancellationToken)) outcomes.Add(outcome);
        Assert.Equal(["ingest.unreadable", ""], outcomes.Select(o => o.Problem?.Code ?? ""));
    }

    [Fact]
    public async Task What_a_dry_run_learned_is_forgotten()
    {
        using var platform = new TestPlatform();
        await platform.Load(platform.File("person.csv", "patient_id,name,id_number,sex,recorded_time\nP1,Zhang,11010519491231002X,1,2026-01-02\n"), "plain", dryRun: true);
        await platform.Load(platform.File("lab1.csv", "patient_id,report_no,item_no,item_code,report_time\nP2,R1,1,WBC,2026-01-02\n"), "plain", dryRun: true);
        await platform.Load(platform.File("lab2.csv", "patient_id,report_no,item_no,item_code,report_time\nP1,R1,1,WBC,2026-01-02\n"), "plain");
        Assert.Equal((1, 1), platform.Vault.Count());
        var subject = ulong.Parse(Assert.Single(platform.Rows("SELECT DISTINCT _subject FROM lab.result")));
        Assert.Equal("P1", Assert.Single(platform.Vault.Reveal(subject)).Local);
    }

    /// <summary>What is wrong with an outcome, or null.</summary>
    private static string? Judge(FileOutcome outcome, HashSet<string> documented)
    {
        if (outcome.Problem is { } problem)
        {
            if (outcome.Batch is not null) return "both a problem and a batch";
            if (!documented.Contains(problem.Code)) return $"the code {problem.Code} is not documented";
            var text = problem.ToString();
            return GarbageFiles.Secrets.Any(s => text.Contains(s, StringComparison.OrdinalIgnoreCase)) ? $"{problem.Code} tells of a patient" : null;
        }

        if (outcome.AlreadyLoaded is not null) return null;
        var batch = outcome.Batch!;
        return batch.Accepted + batch.Quarantined == batch.Received ? null : $"{batch.Accepted} + {batch.Quarantined} is not {batch.Received}";
    }

    private static HashSet<string> Codes() =>
        DocumentedCode().Matches(File.ReadAllText(Repository.File("docs/problems.md"))).Select(m => m.Groups["code"].Value).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `(?<code>[a-z0-9]+\.[a-z0-9-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedCode();
}
