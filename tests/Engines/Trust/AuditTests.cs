using CsCheck;
using Xunit;
using Yunnao.Trust;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Control;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.Engines.Trust;

/// <summary>The hash chain: what is written is found whole, and whatever is changed afterwards is found changed.</summary>
public sealed class AuditTests
{
    [Theory]
    [MemberData(nameof(TrustFolder.Databases), MemberType = typeof(TrustFolder))]
    public async Task Events_of_many_callers_at_once_make_one_whole_chain(string database)
    {
        using var folder = new TrustFolder(database);
        await using var room = await folder.OpenAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), async (i, c) => await room.Audit.AppendAsync(Event(i), c));
        var proof = await room.Reader.VerifyAsync();
        Assert.True(proof.Whole, string.Join('\n', proof.Problems));
        Assert.Equal(2000, proof.Events);
        Assert.Equal(20, (await room.Reader.SearchAsync(new() { Who = "caller 7", Limit = 100 })).Count);
    }

    [Theory]
    [MemberData(nameof(TrustFolder.Databases), MemberType = typeof(TrustFolder))]
    public async Task Two_processes_write_one_chain(string database)
    {
        using var folder = new TrustFolder(database);
        await using var one = await folder.OpenAsync();
        await using var other = await folder.OpenAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), async (i, c) => await (i % 2 == 0 ? one : other).Audit.AppendAsync(Event(i), c));
        var proof = await other.Reader.VerifyAsync();
        Assert.True(proof.Whole, string.Join('\n', proof.Problems));
        Assert.Equal(400, proof.Events);
    }

    [Theory]
    [InlineData(Suite.Aes)]
    [InlineData(Suite.Sm)]
    public async Task A_seal_proves_what_is_before_it_and_a_chain_goes_on_after_a_restart(Suite suite)
    {
        using var folder = new TrustFolder();
        await using (var room = await folder.OpenAsync(suite: suite))
        {
            await FillAsync(room, 10);
            Assert.Equal(10, (await room.Audit.SealAsync())!.Sequence);
            Assert.Null(await room.Audit.SealAsync());
        }

        await using var again = await folder.OpenAsync(suite: suite);
        await FillAsync(again, 5);
        var proof = await again.Reader.VerifyAsync();
        Assert.True(proof.Whole, string.Join('\n', proof.Problems));
        Assert.Equal((15L, 10L), (proof.Events, proof.Sealed));
    }

    /// <summary>Any column of any event, any event taken out, two events exchanged, any length of the tail cut off, also with the head made to fit.</summary>
    [Theory]
    [MemberData(nameof(TrustFolder.Databases), MemberType = typeof(TrustFolder))]
    public async Task Whatever_is_changed_afterwards_is_found(string database)
    {
        const int Events = 12;
        using var folder = new TrustFolder(database);
        await using var room = await folder.OpenAsync();
        await FillAsync(room, Events);
        await room.Audit.SealAsync();
        await FillAsync(room, Events);
        await using var connection = await room.Control.ConnectAsync();
        var one = Gen.Int[1, 2 * Events];
        var changes = Gen.OneOf(
            Gen.Select(one, Pick.Of("kind", "who", "purpose", "what", "outcome", "details"), (i, c) => $"UPDATE audit_event SET {c} = coalesce({c}, '') || 'x' WHERE seq = {i}"),
            Gen.Select(one, Pick.Of("at", "subject", "rows"), (i, c) => $"UPDATE audit_event SET {c} = coalesce({c}, 0) + 1 WHERE seq = {i}"),
            Gen.Select(one, Pick.Of("purpose", "subject", "rows", "details", "what"), (i, c) => $"UPDATE audit_event SET {c} = NULL WHERE seq = {i} AND {c} IS NOT NULL"),
            one.Select(i => $"DELETE FROM audit_event WHERE seq = {i}"),
            one.Select(i => $"DELETE FROM audit_event WHERE seq >= {i}"),
            one.Select(i => $"DELETE FROM audit_event WHERE seq >= {i}; UPDATE audit_head SET seq = {i - 1}, hash = coalesce((SELECT hash FROM audit_event WHERE seq = {i - 1}), hash)"),
            Gen.Select(one, one, (i, j) => i == j ? $"DELETE FROM audit_event WHERE seq = {i}"
                : $"UPDATE audit_event SET seq = -1 WHERE seq = {i}; UPDATE audit_event SET seq = {i} WHERE seq = {j}; UPDATE audit_event SET seq = {j} WHERE seq = -1"),
            Gen.Const($"UPDATE audit_seal SET signature = hash"),
            Gen.Const("DELETE FROM audit_head"));
        Assert.True((await VerifyAsync(connection, room)).Whole);
        foreach (var change in changes.Array[60].Single())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var rows = await connection.ExecuteAsync(change, default);
            var proof = await new AuditVerifier(connection, room.Keys).RunAsync(null, default);
            Assert.True(rows == 0 || !proof.Whole, change);
            await transaction.RollbackAsync();
        }
    }

    [Fact]
    public async Task One_changed_byte_of_a_hash_is_found()
    {
        using var folder = new TrustFolder();
        await using var room = await folder.OpenAsync();
        await FillAsync(room, 3);
        await using var connection = await room.Control.ConnectAsync();
        var hash = (await connection.RowsAsync(r => (byte[])r[0], "SELECT hash FROM audit_event WHERE seq = 2", default))[0];
        for (var i = 0; i < hash.Length; i++)
        {
            hash[i] ^= 1;
            await connection.ExecuteAsync("UPDATE audit_event SET hash = @hash WHERE seq = 2", default, ("hash", hash));
            Assert.Contains((await room.Reader.VerifyAsync()).Problems, p => p.Code == "audit.changed");
            hash[i] ^= 1;
        }
    }

    [Fact]
    public async Task The_export_has_a_line_for_each_event_and_reads_as_json()
    {
        using var folder = new TrustFolder();
        await using var room = await folder.OpenAsync();
        await FillAsync(room, 4);
        using var output = new MemoryStream();
        Assert.Equal(4, await room.Reader.ExportAsync(output, new()));
        var lines = System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([1, 2, 3, 4], lines.Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("seq").GetInt32()));
    }

    [Fact]
    public async Task Bulk_reading_many_persons_and_colleagues_raise_one_alert_each()
    {
        using var folder = new TrustFolder();
        var time = new ManualTime(new(2025, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var room = await folder.OpenAsync(time: time);
        await room.Groups.SetPersonAsync("anna", 1);
        await room.Groups.PutAsync("staff", "B", [1, 2, 3]);
        for (var i = 0; i < 12; i++)
        {
            await room.Audit.AppendAsync(new(AuditKind.Read, "anna") { Subject = (ulong)(100 + (i % 3)), Rows = 9 });
            time.Now += TimeSpan.FromMinutes(1);
        }

        Assert.Equal(["bulk"], await AlertsAsync());
        await room.Audit.AppendAsync(new(AuditKind.Read, "anna") { Subject = 1, Rows = 1 });
        await room.Audit.AppendAsync(new(AuditKind.Read, "anna") { Subject = 2, Rows = 1 });
        await room.Audit.AppendAsync(new(AuditKind.Read, "anna") { Subject = 3, Rows = 1 });
        await room.Audit.AppendAsync(new(AuditKind.Read, "otto") { Subject = 2, Rows = 1 });
        Assert.Equal(["bulk", "colleagues", "persons"], await AlertsAsync());
        time.Now = new(2025, 3, 1, 23, 0, 0, TimeSpan.Zero);
        await room.Audit.AppendAsync(new(AuditKind.Read, "otto") { Rows = 11 });
        Assert.Equal(["bulk", "colleagues", "night", "persons"], await AlertsAsync());

        async Task<IEnumerable<string>> AlertsAsync()
        {
            // An alert is written after the event that raised it, by another group.
            for (var i = 0; i < 50; i++) await room.Audit.AppendAsync(new(AuditKind.Job, "x"));
            return (await room.Reader.SearchAsync(new() { Kind = AuditKind.Alert })).Select(e => e.What!).Order(StringComparer.Ordinal);
        }
    }

    private static AuditEvent Event(int i) => new(AuditKind.Export, $"caller {i % 100}")
    {
        Purpose = "care", What = "lab.result", Subject = ulong.MaxValue - (ulong)i, Rows = i, Details = new Dictionary<string, string> { ["items"] = "value code" },
    };

    private static async Task FillAsync(TrustRoom room, int count)
    {
        for (var i = 0; i < count; i++) await room.Audit.AppendAsync(Event(i));
    }

    private static Task<AuditProof> VerifyAsync(System.Data.Common.DbConnection connection, TrustRoom room) => new AuditVerifier(connection, room.Keys).RunAsync(null, default);
}
