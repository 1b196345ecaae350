using CsCheck;
using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Policies;
using Yunnao.Tests.Engines.Lake;
using Yunnao.Trust;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Consents;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Trust;

/// <summary>From a caller and a purpose to the rows that are given: policies, consents, break-glass, revocation, small groups, the audit of all that.</summary>
public sealed class RightsTests : IDisposable
{
    private static readonly ulong[] s_subjects = [1, 2, 3, 4, 5, 6];
    private readonly LakeFolder _lakeFolder = new();
    private readonly DuckDbLake _lake;

    public RightsTests()
    {
        _lake = _lakeFolder.Open();
        using var batch = _lake.Begin(LakeFolder.Header()).Value;

        // Subject s has s rows; odd keys are those of organisation A.
        var key = 0;
        batch.AppendLab(s_subjects.SelectMany(s => Enumerable.Range(0, (int)s).Select(_ => new Row(++key, key % 7, s, Org: key % 2 == 1 ? "A" : "B"))));
        batch.Settle(TestShapes.Lab);
        batch.Commit();
    }

    public void Dispose()
    {
        _lake.Dispose();
        _lakeFolder.Dispose();
    }

    [Fact]
    public async Task A_doctor_reads_the_own_organisation_only()
    {
        using var folder = new TrustFolder();
        await using var room = await folder.OpenAsync(_lake);
        var scope = (await room.Scopes.MakeAsync(TrustFolder.Caller("doctor"), new("care"), default, "lab.result")).Value;
        Assert.Equal(["B|10"], await LinesAsync(room, scope, new("lab.result") { Outputs = [new("org_code"), new(null, Aggregate.Count)] }));
    }

    [Theory]
    [InlineData("doctor", "nothing", "lab.result", "scope.purpose")]
    [InlineData("doctor", "research", "lab.result", "scope.role")]
    [InlineData("doctor", "care", "lab.other", "scope.data-set")]
    [InlineData("wizard", "care", "lab.result", "caller.role")]
    [InlineData("doctor", "emergency", "lab.result", "scope.break-glass")]
    [InlineData("citizen", "self", "lab.result", "scope.subject")]
    public async Task What_no_right_allows_is_refused_and_in_the_audit(string role, string purpose, string dataSet, string code)
    {
        using var folder = new TrustFolder();
        await using var room = await folder.OpenAsync(_lake);
        var made = await room.Scopes.MakeAsync(TrustFolder.Caller(role), new(purpose), default, dataSet);
        Assert.Equal(code, made.Problem?.Code);
        var refusal = Assert.Single(await room.Reader.SearchAsync(new() { Kind = AuditKind.Refusal }));
        Assert.Equal((code, "anna", purpose, dataSet), (refusal.Outcome, refusal.Who, refusal.Purpose, refusal.What));
    }

    [Fact]
    public async Task Nobody_holds_two_of_the_separated_administrators()
    {
        using var folder = new TrustFolder();
        await using var room = await folder.OpenAsync(_lake);
        Assert.Equal("caller.roles-apart", room.Roles.Check(["a1", "doctor", "a2"])?.Code);
        Assert.Null(room.Roles.Check(["a1", "doctor"]));
        var both = new Caller("x", CallerKind.Account, new HashSet<string> { "a1", "a2", "doctor" }, ["B"]);
        Assert.Equal("caller.roles-apart", (await room.Scopes.MakeAsync(both, new("care"), default, "lab.result")).Problem?.Code);
    }

    [Fact]
    public async Task A_citizen_reads_the_own_record_and_no_other()
    {
        using var folder = new TrustFolder();
        await using var room = await folder.OpenAsync(_lake);
        var citizen = TrustFolder.Caller("citizen", organisation: null, subject: 4);
        var scope = (await room.Scopes.MakeAsync(citizen, new("self"), default, "lab.result")).Value;
        Assert.Equal(["4|4"], await LinesAsync(room, scope, new("lab.result") { Outputs = [new("_subject"), new(null, Aggregate.Count)] }));
        Assert.Equal("scope.subject", (await room.Scopes.MakeAsync(new(citizen, new("self"), ["lab.result"]) { Subject = 5 }, default)).Problem?.Code);
    }

    /// <summary>Any decisions of any persons: what the engine gives, what one look-up says, and what the sentences of the rule say are the same.</summary>
    [Theory]
    [MemberData(nameof(TrustFolder.Databases), MemberType = typeof(TrustFolder))]
    public async Task Consent_decides_alike_in_the_join_in_the_look_up_and_in_words(string database)
    {
        using var folder = new TrustFolder(database);
        var time = new ManualTime(new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero));
        await using var room = await folder.OpenAsync(_lake, time: time);
        var decisions = Gen.Select(
            Pick.Of(s_subjects), Pick.Of("research", "interface"), Pick.Of("*", "B", "C"), Gen.Enum<ConsentDecision>(), Gen.Int[-2, 2], Gen.Int[1, 4],
            (s, p, r, d, from, days) => new ConsentChange(s, p, d, "test") { Recipient = r, From = time.Now.AddDays(from), Until = days == 4 ? null : time.Now.AddDays(from + days) });
        var all = new List<ConsentChange>();
        foreach (var change in decisions.Array[30].Single())
        {
            all.Add(change);
            Assert.Null(await room.Consents.RecordAsync(change));
            if (all.Count % 6 != 0) continue;
            foreach (var (role, purpose) in new[] { ("researcher", "research"), ("application", "interface") })
            {
                var words = s_subjects.Where(s => Allowed(all, s, purpose, "B", time.Now)).ToList();
                Assert.Equal(words.Select(s => (int)s).Sum(), await CountAsync(room, TrustFolder.Caller(role), purpose, null));
                foreach (var s in s_subjects)
                {
                    var made = await room.Scopes.MakeAsync(new(TrustFolder.Caller(role), new(purpose), ["lab.result"]) { Subject = s }, default);
                    Assert.Equal(words.Contains(s) ? null : "scope.consent", made.Problem?.Code);
                }
            }
        }
    }

    [Fact]
    public async Task A_withdrawn_consent_holds_for_the_next_scope_and_one_that_ran_out_too()
    {
        using var folder = new TrustFolder();
        var time = new ManualTime(new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero));
        await using var room = await folder.OpenAsync(_lake, time: time);
        var researcher = TrustFolder.Caller("researcher");
        await room.Consents.RecordAsync(new(3, "research", ConsentDecision.Given, "test") { Until = time.Now.AddDays(1) });
        await room.Consents.RecordAsync(new(4, "research", ConsentDecision.Given, "test"));
        Assert.Equal(7, await CountAsync(room, researcher, "research", null));
        time.Now += TimeSpan.FromDays(2);
        Assert.Equal(4, await CountAsync(room, researcher, "research", null));
        await room.Consents.RecordAsync(new(4, "research", ConsentDecision.Withdrawn, "test"));
        Assert.Equal(0, await CountAsync(room, researcher, "research", null));
        Assert.Equal("consent.period", (await room.Consents.RecordAsync(new(4, "research", ConsentDecision.Given, "test") { Until = time.Now.AddDays(-1) }))?.Code);
    }

    [Fact]
    public async Task Without_an_engine_that_takes_them_over_nothing_is_read_by_consents()
    {
        using var folder = new TrustFolder();
        await using var room = await folder.OpenAsync();
        Assert.Equal("scope.consents-behind", (await room.Scopes.MakeAsync(TrustFolder.Caller("researcher"), new("research"), default, "lab.result")).Problem?.Code);
    }

    [Theory]
    [MemberData(nameof(TrustFolder.Databases), MemberType = typeof(TrustFolder))]
    public async Task Break_glass_opens_one_person_for_a_time_and_is_reviewed_by_another(string database)
    {
        using var folder = new TrustFolder(database);
        var time = new ManualTime(new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero));
        await using var room = await folder.OpenAsync(_lake, time: time);
        var doctor = TrustFolder.Caller("doctor");
        Assert.Equal("glass.role", (await room.BreakGlass.OpenAsync(TrustFolder.Caller("researcher"), 3, "because I want to")).Problem?.Code);
        Assert.Equal("glass.reason", (await room.BreakGlass.OpenAsync(doctor, 3, " x ")).Problem?.Code);
        var grant = (await room.BreakGlass.OpenAsync(doctor, 3, "unconscious, arrived alone")).Value;
        Assert.Equal(3, await CountAsync(room, doctor, "emergency", 3));
        Assert.Equal("scope.break-glass", (await MakeAsync(room, doctor, "emergency", 4)).Problem?.Code);
        Assert.Equal("scope.break-glass", (await MakeAsync(room, TrustFolder.Caller("doctor", "otto"), "emergency", 3)).Problem?.Code);
        time.Now += TimeSpan.FromMinutes(61);
        Assert.Equal("scope.break-glass", (await MakeAsync(room, doctor, "emergency", 3)).Problem?.Code);
        Assert.Equal([grant.Id], (await room.BreakGlass.ToReviewAsync()).Select(g => g.Id));
        Assert.Equal("glass.own", (await room.BreakGlass.ReviewAsync(grant.Id, "anna", "justified", null))?.Code);
        Assert.Null(await room.BreakGlass.ReviewAsync(grant.Id, "sofia", "justified", "seen"));
        Assert.Equal("glass.reviewed", (await room.BreakGlass.ReviewAsync(grant.Id, "sofia", "unjustified", null))?.Code);
        Assert.Empty(await room.BreakGlass.ToReviewAsync());
        Assert.Equal(1, (await room.Reader.SearchAsync(new() { Kind = AuditKind.BreakGlass })).Count(e => e.Subject == 3));
    }

    [Theory]
    [MemberData(nameof(TrustFolder.Databases), MemberType = typeof(TrustFolder))]
    public async Task A_revoked_right_ends_a_running_answer_here_and_in_another_process(string database)
    {
        using var folder = new TrustFolder(database);
        await using var here = await folder.OpenAsync(_lake);
        await using var there = await folder.OpenAsync();
        foreach (var revoking in new[] { here, there })
        {
            var scope = (await here.Scopes.MakeAsync(TrustFolder.Caller("doctor"), new("care"), default, "lab.result")).Value;
            var answer = (await _lake.RunSqlAsync(scope, "SELECT a.value FROM lab.result a, range(1000000) n(i)", default)).Value;
            await using var rows = answer.Batches.GetAsyncEnumerator();
            Assert.True(await rows.MoveNextAsync());
            await revoking.Revocations.RevokeAsync("anna");
            var ended = await Assert.ThrowsAsync<QueryFailedException>(async () =>
            {
                // Slowly, so that the answer is still running when the other process is heard.
                while (await rows.MoveNextAsync())
                {
                    rows.Current.Dispose();
                    await Task.Delay(5);
                }
            });
            Assert.Equal("scope.revoked", ended.Problem.Code);
            Assert.Equal("scope.revoked", (await _lake.RunAsync(scope, new("lab.result"), default)).Problem?.Code);
            await answer.DisposeAsync();
        }

        Assert.Equal(10, await CountAsync(here, TrustFolder.Caller("doctor"), "care", null));
    }

    [Fact]
    public async Task Groups_of_few_persons_single_rows_and_extremes_are_not_shown_to_a_manager()
    {
        using var folder = new TrustFolder();
        await using var room = await folder.OpenAsync(_lake);
        var scope = (await room.Scopes.MakeAsync(TrustFolder.Caller("manager"), new("management"), default, "lab.result")).Value;
        var seen = await LinesAsync(room, scope, new("lab.result") { Outputs = [new("value"), new(null, Aggregate.Count)] });
        var truth = _lake.Read(c => Yunnao.Lake.DuckDb.Sql.Commands.Rows(
            c, r => $"{r.GetDouble(0)}|{r.GetInt64(1)}", "SELECT value, count(*) FROM lab.result GROUP BY value HAVING count(DISTINCT _subject) >= 3"));
        Assert.Equal(truth.Order(), seen.Order());
        Assert.NotEmpty(seen);
        Assert.Empty(await LinesAsync(room, scope, new("lab.result") { Outputs = [new("_subject"), new(null, Aggregate.Count)] }));
        Assert.Empty(await LinesAsync(room, scope, new("lab.result") { Outputs = [new(null, Aggregate.Count)], Where = new Filter.Compare("value", Comparison.Greater, Value.Of(99L)) }));
        Assert.Equal("scope.rows", (await room.Lake!.RunAsync(scope, new("lab.result") { Outputs = [new("value")] }, default)).Problem?.Code);
        Assert.Equal("scope.rows", (await room.Lake.RunAsync(scope, new("lab.result") { Outputs = [new("value", Aggregate.Max)] }, default)).Problem?.Code);
        Assert.Equal("scope.rows", (await room.Lake.RunSqlAsync(scope, "SELECT count(*) FROM lab.result", default)).Problem?.Code);
    }

    [Fact]
    public async Task Each_read_is_one_event_with_its_rows_and_a_broken_off_one_says_so()
    {
        using var folder = new TrustFolder();
        await using var room = await folder.OpenAsync(_lake);
        var scope = (await room.Scopes.MakeAsync(TrustFolder.Caller("doctor"), new("care"), default, "lab.result")).Value;
        await LinesAsync(room, scope, new("lab.result") { Outputs = [new("value")], Limit = 3 });
        await room.Lake!.RunAsync(scope, new("lab.result") { Outputs = [new("nothing")] }, default);
        var file = Path.Combine(folder.Path, "x.csv");
        Assert.Equal(10, (await room.Lake.ExportAsync(scope, new("lab.result"), new(file, ExportFormat.Csv), default)).Value);
        var answer = (await room.Lake.RunSqlAsync(scope, "SELECT a.value FROM lab.result a, range(100000) n(i)", default)).Value;
        await foreach (var batch in answer.Batches)
        {
            batch.Dispose();
            break;
        }

        await answer.DisposeAsync();
        var events = (await room.Reader.SearchAsync(new())).Reverse().Select(e => $"{e.Kind} {e.What} {e.Rows} {e.Outcome}").ToList();
        Assert.Equal(["read lab.result 3 ok", "refusal lab.result  query.item", "export lab.result 10 ok", "read sql  ok"], events[..4]);
        Assert.Matches(@"^read sql \d+ broken-off$", events[4]);
    }

    private static bool Allowed(List<ConsentChange> all, ulong subject, string purpose, string recipient, DateTimeOffset now)
    {
        bool? Says(string to)
        {
            var last = all.LastOrDefault(c => c.Subject == subject && c.Purpose == purpose && c.Recipient == to);
            return last is null || last.Decision == ConsentDecision.Withdrawn || last.From > now || last.Until <= now ? null : last.Decision == ConsentDecision.Given;
        }

        return Says(recipient) ?? Says("*") ?? TrustFolder.Registry.Policies.Purposes[purpose].Consent != ConsentRule.OptIn;
    }

    private static Task<Yunnao.Kernel.Result<Scope>> MakeAsync(TrustRoom room, Caller caller, string purpose, ulong? subject) =>
        room.Scopes.MakeAsync(new(caller, new(purpose), ["lab.result"]) { Subject = subject }, default);

    private static async Task<int> CountAsync(TrustRoom room, Caller caller, string purpose, ulong? subject)
    {
        var scope = (await MakeAsync(room, caller, purpose, subject)).Value;
        return (await LinesAsync(room, scope, new("lab.result") { Outputs = [new("value")] })).Count;
    }

    private static async Task<List<string>> LinesAsync(TrustRoom room, Scope scope, Query query) => (await Answers.Lines(await room.Lake!.RunAsync(scope, query, default))).Value;
}
