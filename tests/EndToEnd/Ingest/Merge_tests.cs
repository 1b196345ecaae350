using System.Globalization;
using Xunit;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Identity;
using Yunnao.Tests.EndToEnd.Listen;
using Yunnao.Tests.EndToEnd.Standards;
using Yunnao.Tests.Formats;
using Yunnao.Trust;
using Yunnao.Trust.Consents;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>Two local numbers that turn out to be one person: rows follow, stay followed, and come back.</summary>
public sealed class Merge_tests
{
    private const string Subjects = "SELECT DISTINCT report_no, _subject FROM lab.result WHERE _rejected IS NULL ORDER BY 1";
    private static readonly string s_standards = Repository.File("standards");

    /// <summary>
    /// Results, merges (also of numbers never seen, also round in a circle, also said twice), undone merges and batches taken back in any order: at
    /// every step the persons of the lake are those that the merges which hold make, and in the end nobody is merged.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_is_merged_and_undone_rows_lie_with_the_person_that_the_merges_make_and_in_the_end_with_their_own(int seed)
    {
        using var platform = new TestPlatform();
        using var desk = await Desk.OpenAsync(platform);
        var random = new Random(seed);
        var (reports, merges, undone) = (new Dictionary<string, int>(), new List<(int Number, int Prior, int Surviving)>(), new HashSet<int>());
        var batches = new List<(int Batch, string Report)>();
        for (var step = 0; step < 30; step++)
        {
            var (a, b) = (random.Next(5), random.Next(5));
            switch (random.Next(6))
            {
                case 0 or 1 or 2:
                    // The same report comes again now and then, of the same person, and supersedes.
                    var report = $"R{a}-{random.Next(4)}";
                    var loaded = await platform.Load(platform.File($"s{step}.hl7", Result($"P{a}", report, step)), "hl7v2");
                    Assert.Equal(0, loaded.Batch!.Quarantined);
                    reports[report] = a;
                    batches.Add((loaded.Batch.Number, report));
                    break;
                case 3 or 4 when a != b:
                    await platform.Load(platform.File($"s{step}.hl7", Merge($"P{a}", $"P{b}", step)), "hl7v2");
                    var known = await desk.Identity.NewestAsync(1, TestContext.Current.CancellationToken);
                    if (known[0].Number > merges.Count) merges.Add((known[0].Number, a, b));
                    else Assert.Contains(merges, m => (m.Prior, m.Surviving) == (a, b) && !undone.Contains(m.Number));
                    break;
                case 5 when merges.Count > 0:
                    var number = 1 + random.Next(merges.Count);
                    var done = await desk.Identity.UndoAsync(number, "test", TestContext.Current.CancellationToken);
                    Assert.Equal(undone.Add(number) ? null : "identity.already-undone", done.Problem?.Code);
                    break;
            }

            if (step == 20 && batches.FirstOrDefault(b => batches.Count(o => o.Report == b.Report) == 1) is { Report: not null } taken)
            {
                Assert.True(platform.Lake.TakeBack(taken.Batch, TestContext.Current.CancellationToken).Ok);
                reports.Remove(taken.Report);
            }

            Same(reports, merges.Where(m => !undone.Contains(m.Number)), platform);
        }

        Assert.NotEmpty(merges);
        platform.Reopen();
        using var again = await Desk.OpenAsync(platform);
        foreach (var (number, _, _) in merges.Where(m => !undone.Contains(m.Number))) Assert.True((await again.Identity.UndoAsync(number, "test", TestContext.Current.CancellationToken)).Ok);
        Same(reports, [], platform);
        Assert.Equal(["0|0"], platform.Rows("SELECT (SELECT count(*) FROM ops.subject_row), (SELECT count(*) FROM ops.subject_merge)"));
        Assert.Empty(await platform.Lake.VerifyAsync(platform.Objects, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task In_a_folder_of_files_a_merge_holds_for_what_was_before_it_and_what_comes_after_it()
    {
        using var platform = new TestPlatform();
        string[] files =
        [
            platform.File("1.hl7", Result("P1", "R1", 1)), platform.File("2.hl7", Result("P2", "R2", 2)), platform.File("3.hl7", Merge("P1", "P2", 3)), platform.File("4.hl7", Result("P1", "R3", 4)),
        ];
        await foreach (var outcome in platform.Ingest.IngestAsync(new(files, "hl7v2"), null, TestContext.Current.CancellationToken)) Assert.Null(outcome.Problem);
        Assert.Single(platform.Rows("SELECT DISTINCT _subject FROM lab.result"));
        var subject = ulong.Parse(platform.Rows("SELECT DISTINCT _subject FROM lab.result")[0], CultureInfo.InvariantCulture);
        Assert.Equal(["P1", "P2"], platform.Vault.Reveal(subject).Select(i => i.Local).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_merge_that_the_vault_knows_and_a_crash_kept_from_the_lake_is_made_up_for()
    {
        using var platform = new TestPlatform();
        await platform.Load(platform.File("1.hl7", Result("P1", "R1", 1)), "hl7v2");
        await platform.Load(platform.File("2.hl7", Result("P2", "R2", 2)), "hl7v2");
        platform.Close();
        var lake = Path.Combine(platform.Data, "lake.duckdb");
        File.Copy(lake, lake + ".before");
        platform.Reopen();
        var merge = platform.File("3.hl7", Merge("P1", "P2", 3));
        await platform.Load(merge, "hl7v2");
        platform.Close();
        File.Move(lake + ".before", lake, overwrite: true);
        platform.Reopen();
        Assert.Equal(2, platform.Rows("SELECT DISTINCT _subject FROM lab.result").Count);

        // The sender's file is still there and is loaded; so would any other be.
        Assert.NotNull((await platform.Load(merge, "hl7v2")).Batch);
        Assert.Single(platform.Rows("SELECT DISTINCT _subject FROM lab.result"));
        using var desk = await Desk.OpenAsync(platform);
        Assert.Single(await desk.Identity.NewestAsync(10, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_person_who_is_linked_by_its_id_number_after_a_merge_takes_the_merged_rows_along_and_undoing_leaves_the_link()
    {
        using var platform = new TestPlatform();
        await platform.Load(platform.File("0.hl7", Result("Q", "R0", 0, "H2", "110101199003070011")), "hl7v2");
        await platform.Load(platform.File("1.hl7", Result("P1", "R1", 1)), "hl7v2");
        await platform.Load(platform.File("2.hl7", Result("P2", "R2", 2)), "hl7v2");
        await platform.Load(platform.File("3.hl7", Merge("P1", "P2", 3)), "hl7v2");
        Assert.Equal(["R0", "R1 R2"], Persons(platform));
        await platform.Load(platform.File("4.hl7", Result("P1", "R3", 4, "H1", "110101199003070011")), "hl7v2");
        Assert.Equal(["R0 R1 R2 R3"], Persons(platform));
        using var desk = await Desk.OpenAsync(platform);
        Assert.True((await desk.Identity.UndoAsync(1, "test", TestContext.Current.CancellationToken)).Ok);
        Assert.Equal(["R0 R1 R3", "R2"], Persons(platform));
    }

    [Fact]
    public async Task Both_sides_of_a_replaced_fhir_record_say_the_same_merge()
    {
        using var platform = new TestPlatform(s_standards);
        static string Patient(string id, string type, string other) =>
            $$"""{"resourceType":"Patient","id":"{{id}}","meta":{"lastUpdated":"2026-01-02T10:00:00Z"},"gender":"male","birthDate":"1980-01-01","link":[{"type":"{{type}}","other":{"reference":"Patient/{{other}}"} }]}""" + "\n";
        Assert.Equal(0, (await platform.Load(platform.File("p.ndjson", Patient("new", "replaces", "old") + Patient("old", "replaced-by", "new")), "fhir-r4")).Batch!.Quarantined);
        using var desk = await Desk.OpenAsync(platform);
        Assert.Single(await desk.Identity.NewestAsync(10, TestContext.Current.CancellationToken));
        Assert.Single(platform.Rows("SELECT DISTINCT _subject FROM person.basic"));
    }

    [Fact]
    public async Task A_refusal_of_either_of_two_merged_persons_holds_and_ends_with_the_merge()
    {
        using var platform = new TestPlatform(s_standards);
        await platform.Load(platform.File("1.hl7", Result("P1", "R1", 1)), "hl7v2");
        await platform.Load(platform.File("2.hl7", Result("P2", "R2", 2)), "hl7v2");
        using var desk = await Desk.OpenAsync(platform);
        var (prior, surviving) = (Subject(platform, "R1"), Subject(platform, "R2"));
        var sharing = platform.Registry.Policies.Purposes["shared_care"];
        var research = platform.Registry.Policies.Purposes["research"];
        await desk.Trust.Consents.RecordAsync(new(prior, "shared_care", ConsentDecision.Refused, "test"), TestContext.Current.CancellationToken);
        await desk.Trust.Consents.RecordAsync(new(surviving, "research", ConsentDecision.Given, "test"), TestContext.Current.CancellationToken);
        Assert.Equal((false, true), (await Allows(prior, sharing), await Allows(surviving, sharing)));
        await platform.Load(platform.File("3.hl7", Merge("P1", "P2", 3)), "hl7v2");

        // Whichever number somebody asks by.
        foreach (var subject in (ulong[])[prior, surviving])
            Assert.Equal((false, true), (await Allows(subject, sharing), await Allows(subject, research)));
        Assert.True((await desk.Identity.UndoAsync(1, "test", TestContext.Current.CancellationToken)).Ok);
        Assert.Equal((false, true, false), (await Allows(prior, sharing), await Allows(surviving, sharing), await Allows(prior, research)));

        Task<bool> Allows(ulong subject, Yunnao.Standards.Policies.PolicyPurpose purpose) => desk.Trust.Consents.AllowsAsync(subject, purpose, ConsentState.Everybody, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Public_messages_with_a_prior_number_are_merges_of_persons_or_of_accounts()
    {
        using var platform = new TestPlatform(s_standards);
        using var desk = await Desk.OpenAsync(platform);
        var merges = 0;
        foreach (var (file, expected) in ((string, int)[])[("A40-01", 1), ("A40-02", 1), ("A47-01", 1), ("A41-01", 0), ("A06-01", 0)])
        {
            var outcome = await platform.Load(ClinicalData.Files("hl7v2/fhir-converter", $"ADT-{file}.hl7")[0], "hl7v2");
            Assert.Equal(outcome.Batch!.Received, outcome.Batch.Accepted + outcome.Batch.Quarantined);
            var known = (await desk.Identity.NewestAsync(10, TestContext.Current.CancellationToken)).Count;
            Assert.Equal((file, expected), (file, known - merges));
            merges = known;
        }
    }

    [Fact]
    public async Task From_the_command_line_a_merge_that_came_over_mllp_is_seen_undone_and_audited()
    {
        using var platform = new TestPlatform();
        await Mllp_tests.During(platform, new() { Source = "hl7v2" }, port =>
        {
            using var sender = new MllpSender(port);
            foreach (var message in (string[])[Result("P1", "R1", 1), Result("P2", "R2", 2), Merge("P1", "P2", 3)]) Assert.StartsWith("AA|", sender.Send(message), StringComparison.Ordinal);
        });
        Assert.Equal(["R1 R2"], Persons(platform));
        platform.Close();
        string[] at = ["--data", platform.Data, "--standards", platform.Standards];
        var listed = await CliRun.Of("en", ["identity", "merges", .. at]);
        Assert.Contains("holds", listed.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("P1", listed.Out, StringComparison.Ordinal);
        var undone = await CliRun.Of("en", ["identity", "undo", "1", .. at]);
        Assert.True(undone.ExitCode == 0, undone.Error);
        Assert.Contains("identity.already-undone", (await CliRun.Of("en", ["identity", "undo", "1", .. at])).Error, StringComparison.Ordinal);
        Assert.Contains("identity.unknown-merge", (await CliRun.Of("en", ["identity", "undo", "7", .. at])).Error, StringComparison.Ordinal);
        platform.Reopen();
        Assert.Equal(["R1", "R2"], Persons(platform));
        platform.Close();
        var audit = (await CliRun.Of("en", ["audit", "search", .. at])).Out;
        Assert.Contains("merge 1 undone", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_merge_that_is_let_out_of_quarantine_happens_and_is_audited_with_the_release()
    {
        using var platform = new TestPlatform();
        foreach (var (name, message) in new[] { ("1.hl7", Result("P1", "R1", 1)), ("2.hl7", Result("P2", "R2", 2)) }) await platform.Load(platform.File(name, message), "hl7v2");
        var refused = await platform.Load(platform.File("3.hl7", Merge("P1", "P2", 3).Replace("|20260104090300||", "|soon||", StringComparison.Ordinal)), "hl7v2");
        var row = platform.Rows($"SELECT ordinal FROM ops.quarantine WHERE batch = {refused.Batch!.Number} AND data_set = 'person.merge'");
        Assert.Equal(["R1", "R2"], Persons(platform));
        platform.Close();
        string[] at = ["--data", platform.Data, "--standards", platform.Standards];
        var fixedRow = await CliRun.Of("en", ["quarantine", "fix", "--batch", $"{refused.Batch.Number}", "--ordinal", Assert.Single(row), "--set", "merge_time=2026-01-04 09:03:00", .. at]);
        Assert.True(fixedRow.ExitCode == 0, fixedRow.Error);
        Assert.Contains("merge 1", (await CliRun.Of("en", ["audit", "search", .. at])).Out, StringComparison.Ordinal);
        platform.Reopen();
        Assert.Equal(["R1 R2"], Persons(platform));
    }

    internal static string Result(string local, string report, int minute, string hospital = "H1", string? idNumber = null)
    {
        var time = string.Create(CultureInfo.InvariantCulture, $"20260102{9 + (minute / 60):00}{minute % 60:00}00");
        return $"MSH|^~\\&|LIS|{hospital}|||{time}||ORU^R01|M{minute}|P|2.5.1\rPID|1||{local}^^^{hospital}^MR||Test^{local}||19491231|F|||||||||||{idNumber}\rOBR|1||{report}|24323-8^Panel^LN|||{time}|||||||||||||||{time}\rOBX|1|NM|718-7^Hb^LN||12{minute % 10}|g/L|||||F|||{time}\r";
    }

    internal static string Merge(string prior, string surviving, int minute)
    {
        var time = string.Create(CultureInfo.InvariantCulture, $"20260104{9 + (minute / 60):00}{minute % 60:00}00");
        return $"MSH|^~\\&|ADT|H1|||{time}||ADT^A40^ADT_A39|M{minute}|P|2.5.1\rEVN|A40|{time}\rPID|1||{surviving}^^^H1^MR||Test^{surviving}||19491231|F\rMRG|{prior}^^^H1^MR\r";
    }

    /// <summary>The reports of each person of the lake.</summary>
    private static List<string> Persons(TestPlatform platform) =>
        [.. platform.Rows(Subjects).Select(r => r.Split('|')).GroupBy(r => r[1]).Select(g => string.Join(' ', g.Select(r => r[0]))).Order(StringComparer.Ordinal)];

    private static ulong Subject(TestPlatform platform, string report) =>
        ulong.Parse(platform.Rows(Subjects).Select(r => r.Split('|')).First(r => r[0] == report)[1], CultureInfo.InvariantCulture);

    /// <summary>The persons of the lake, current and superseded, are those that these merges make.</summary>
    private static void Same(Dictionary<string, int> reports, IEnumerable<(int Number, int Prior, int Surviving)> merges, TestPlatform platform)
    {
        if (reports.Count == 0) return;
        var person = Enumerable.Range(0, 5).ToArray();
        foreach (var (_, prior, surviving) in merges.OrderBy(m => m.Number))
        {
            var (from, to) = (person[prior], person[surviving]);
            for (var i = 0; i < person.Length; i++) person[i] = person[i] == from ? to : person[i];
        }

        var expected = reports.GroupBy(r => person[r.Value]).Select(g => string.Join(' ', g.Select(r => r.Key).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal);
        Assert.Equal(expected, Persons(platform));
        if (platform.Rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'history' AND table_name = 'lab.result'").Count == 0) return;
        Assert.Equal(["0"], platform.Rows("SELECT count(*) FROM history.\"lab.result\" h JOIN lab.result r ON h._record = r._record WHERE h._subject <> r._subject"));
    }

    /// <summary>What people do with merges, with an audit.</summary>
    private sealed class Desk(TrustRoom trust, IdentityDesk identity) : IDisposable
    {
        public TrustRoom Trust { get; } = trust;

        public IdentityDesk Identity { get; } = identity;

        public static async Task<Desk> OpenAsync(TestPlatform platform)
        {
            var trust = (await TrustRoom.OpenAsync(new() { Folder = platform.Data, SealMinutes = 0 }, platform.Registry, platform.Lake)).Value;
            return new(trust, new(Vault.Open(platform.Data, trust.Keys).Value, platform.Lake, trust.Audit, TimeProvider.System));
        }

        public void Dispose()
        {
            Identity.Dispose();
            Trust.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
