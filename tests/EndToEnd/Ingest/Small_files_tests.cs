using System.Globalization;
using Xunit;
using Yunnao.Services.Ingest;
using Yunnao.Services.Release;
using Yunnao.Services.Watch;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>A folder of small files is loaded in one transaction; nothing else about it is different from loading them one after the other.</summary>
public sealed class Small_files_tests
{
    private const string Batches = "SELECT number, file_name, status, received, accepted, quarantined, superseded FROM ops.batch ORDER BY number";
    private const string Counts = "SELECT batch, data_set, received, accepted, quarantined, superseded, flagged FROM ops.batch_count ORDER BY ALL";
    private const string Quarantined = "SELECT batch, ordinal, data_set, record_number, byte_offset, array_to_string(reasons, ';'), org, day FROM ops.quarantine ORDER BY ALL";
    private const string Organisations = "SELECT batch, data_set, org, accepted FROM ops.batch_org ORDER BY ALL";
    private const string Persons = "SELECT _record::VARCHAR, _batch, _version, _org, sex, birth_date FROM person.basic ORDER BY ALL";
    private const string Results = "SELECT _record::VARCHAR, _batch, _version, _org, report_no, item_no, item_code, result_value FROM lab.result ORDER BY ALL";
    private const string History = "SELECT _record::VARCHAR, _batch, _version, _superseded_by, sex FROM history.\"person.basic\" ORDER BY ALL";

    [Fact]
    public async Task Together_they_are_the_same_batches_with_the_same_rows_as_one_after_the_other()
    {
        using var together = new TestPlatform();
        using var apart = new TestPlatform();
        var outcomes = await Load(together, Write(together));
        var others = new List<FileOutcome>();
        foreach (var file in Write(apart)) others.AddRange(await Load(apart, [file]));
        Assert.Equal(others.Select(Told), outcomes.Select(Told));
        Assert.Contains(outcomes, o => o.AlreadyLoaded is not null);
        Assert.Contains(outcomes, o => o.Problem is not null);
        Assert.Contains(outcomes, o => o.Batch is { Quarantined: > 0, Accepted: > 0 });
        await Same(together, apart);
        Assert.All(await Verified(together), p => Assert.StartsWith("verify.orphan", p, StringComparison.Ordinal));
        Assert.NotEmpty(together.Rows(History));
        Assert.Equal(apart.Vault.Count(), together.Vault.Count());
        Assert.Equal(["Name23"], Names(together, 3));
        Assert.Equal(Names(apart, 3), Names(together, 3));

        // Again: nothing is loaded twice.
        Assert.All(await Load(together, Write(together)), o => Assert.True(o.AlreadyLoaded is not null || o.Problem is not null));

        // A batch in the middle is taken back; the versions around it close up as they do there.
        foreach (var platform in (TestPlatform[])[together, apart]) Assert.True(platform.Lake.TakeBack(7, TestContext.Current.CancellationToken).Ok);
        await Same(together, apart);
    }

    [Fact]
    public async Task Messages_that_supersede_each_other_are_one_transaction_also_where_they_are_watched_for()
    {
        using var given = new TestPlatform();
        Assert.Equal(200, (await Load(given, Superseding(given))).Count(o => o.Batch is not null));
        Assert.Equal(["1|200|390"], given.Rows("SELECT count(DISTINCT committed), count(*), sum(superseded) FROM ops.batch"));

        using var watched = new TestPlatform();
        var folder = Path.GetDirectoryName(Superseding(watched)[0])!;
        var drop = new FolderDrop(folder);
        await using (drop)
        {
            var watch = new DropWatch(drop, new() { Mapping = "hl7v2", Settle = TimeSpan.Zero }, watched.Lake, watched.Ingest, Path.Combine(watched.Data, "tmp"), TimeProvider.System);
            var outcomes = new List<FileOutcome>();
            await foreach (var outcome in watch.LookAsync(TestContext.Current.CancellationToken)) outcomes.Add(outcome);
            Assert.Equal(200, outcomes.Count(o => o.Batch is not null));
        }

        Assert.Equal(["1|200|390"], watched.Rows("SELECT count(DISTINCT committed), count(*), sum(superseded) FROM ops.batch"));
    }

    /// <summary>Two hundred messages of five persons and five reports.</summary>
    private static string[] Superseding(TestPlatform platform) => [.. Enumerable.Range(0, 200).Select(i => platform.File(
        $"s{i:000}.hl7",
        $"MSH|^~\\&|LIS|H1|||20260102{i / 60:00}{i % 60:00}00||ORU^R01|{i}|P|2.5\rPID|1||P{i % 5}||Name{i}^San||19491231|M\rOBR|1||L{i % 5}\rOBX|1|NM|718-7^Hb||{i}.5|||H|||F|||20260102090000\r"))];

    [Fact]
    public async Task A_row_in_quarantine_of_one_of_them_is_let_out_into_its_own_batch()
    {
        using var platform = new TestPlatform();
        var outcomes = await Load(platform, Write(platform));
        var bad = outcomes.First(o => o.Batch is { Quarantined: > 0, Accepted: > 0 }).Batch!;
        var before = platform.Rows($"SELECT * FROM ops.batch_count WHERE batch <> {bad.Number} ORDER BY ALL");
        var ordinal = long.Parse(platform.Rows($"SELECT ordinal FROM ops.quarantine WHERE batch = {bad.Number} AND data_set = 'person.basic'")[0], CultureInfo.InvariantCulture);
        var done = new List<BatchRelease>();
        await foreach (var one in platform.Ingest.Release.ReleaseAsync(new(Corrections: [new(bad.Number, ordinal, "birth_date", "1950-01-01")]), TestContext.Current.CancellationToken)) done.Add(one);
        Assert.Equal((null, 1L), (Assert.Single(done).Problem, done[0].Reports.Sum(r => r.Released)));
        Assert.Equal(
            ["1950-01-01"],
            platform.Rows($"SELECT birth_date::VARCHAR FROM (SELECT _batch, birth_date FROM person.basic UNION ALL SELECT _batch, birth_date FROM history.\"person.basic\") WHERE _batch = {bad.Number}"));
        Assert.Equal(before, platform.Rows($"SELECT * FROM ops.batch_count WHERE batch <> {bad.Number} ORDER BY ALL"));
        Assert.All(await Verified(platform), p => Assert.StartsWith("verify.orphan", p, StringComparison.Ordinal));
    }

    /// <summary>Messages of ten persons, each sent some times with another name; and what does not belong in a folder of messages.</summary>
    private static string[] Write(TestPlatform platform)
    {
        var files = new List<string>();
        for (var i = 0; i < 24; i++)
        {
            var born = i == 11 ? "1949AB31" : "19491231";
            var sex = i % 3 == 0 ? "F" : "M";
            files.Add(platform.File($"m{i:00}.hl7",
                $"MSH|^~\\&|LIS|H{i % 2}|||20260102{i:00}0000||ORU^R01|{i}|P|2.5\rPID|1||P{i % 10}||Name{i}^San||{born}|{sex}\rOBR|1||L{i % 12}\rOBX|1|NM|718-7^Hb||{i}.5|||H|||F|||20260102090000\r"));
        }

        files.Add(platform.File("n-again.hl7", File.ReadAllBytes(files[3])));
        files.Add(platform.File("n-empty.hl7", ""));
        files.Add(platform.File("n-garbage.hl7", [.. Enumerable.Range(0, 400).Select(i => (byte)(i * 7))]));
        files.Add(platform.File("n-half.hl7", File.ReadAllText(files[5]).Replace("P5", "P99", StringComparison.Ordinal)[..^30] + "\rMSH|broken\r"));
        files.Add(platform.File("n-last.hl7", File.ReadAllText(files[6]).Replace("P6", "P98", StringComparison.Ordinal)));
        return [.. files];
    }

    private static async Task<List<FileOutcome>> Load(TestPlatform platform, string[] files)
    {
        var outcomes = new List<FileOutcome>();
        await foreach (var outcome in platform.Ingest.IngestAsync(new(files, "hl7v2"), null, TestContext.Current.CancellationToken)) outcomes.Add(outcome);
        return outcomes;
    }

    private static string Told(FileOutcome o) =>
        $"{Path.GetFileName(o.File)} {o.Bytes} {o.Batch?.Number} {o.Batch?.Received} {o.Batch?.Accepted} {o.Batch?.Quarantined} {o.Batch?.Superseded} {o.Batch?.Flagged} {o.AlreadyLoaded} {o.Problem?.Code}";

    private static async Task Same(TestPlatform together, TestPlatform apart)
    {
        foreach (var sql in (string[])[Batches, Counts, Quarantined, Organisations, Persons, Results, History]) Assert.Equal(apart.Rows(sql), together.Rows(sql));
        Assert.Equal(await Verified(apart), await Verified(together));
    }

    /// <summary>What a proof of the lake finds: of these files, only that those which are no batch are kept too.</summary>
    private static async Task<List<string>> Verified(TestPlatform platform) =>
        [.. (await platform.Lake.VerifyAsync(platform.Objects, TestContext.Current.CancellationToken)).Select(p => $"{p.Code} {p.Message}")];

    private static List<string> Names(TestPlatform platform, int local) =>
        [.. platform.Rows($"SELECT DISTINCT _subject FROM lab.result WHERE report_no IN ('L3', 'L11')").SelectMany(s => platform.Vault.Reveal(ulong.Parse(s, CultureInfo.InvariantCulture)))
            .Where(i => i.Local == $"P{local}" && i.Organisation == "H1").Select(i => i.Values["name"].Split(' ')[0]).Distinct()];
}
