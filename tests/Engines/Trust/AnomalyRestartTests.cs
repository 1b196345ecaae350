using Xunit;
using Yunnao.Trust.Audit;

namespace Yunnao.Tests.Engines.Trust;

/// <summary>What somebody read before a restart counts after it.</summary>
public sealed class AnomalyRestartTests
{
    [Theory]
    [MemberData(nameof(TrustFolder.Databases), MemberType = typeof(TrustFolder))]
    public async Task Persons_read_before_a_restart_count_and_one_alert_is_raised_once(string database)
    {
        using var folder = new TrustFolder(database);
        await ReadAsync(folder, 1, 2, 3);
        Assert.Empty(await AlertsAsync(folder));
        await ReadAsync(folder, 4);
        Assert.Equal("persons", Assert.Single(await AlertsAsync(folder)).What);
        await ReadAsync(folder, 5, 6);
        Assert.Single(await AlertsAsync(folder));
    }

    [Fact]
    public async Task Rows_read_before_a_restart_count()
    {
        using var folder = new TrustFolder();
        await using (var room = await folder.OpenAsync()) await room.Audit.AppendAsync(new(AuditKind.Read, "anna") { What = "lab.result", Rows = 99 }, TestContext.Current.CancellationToken);
        await using (var room = await folder.OpenAsync()) await room.Audit.AppendAsync(new(AuditKind.Read, "anna") { What = "lab.result", Rows = 2 }, TestContext.Current.CancellationToken);
        Assert.Contains(await AlertsAsync(folder), a => a.What == "bulk");
    }

    private static async Task ReadAsync(TrustFolder folder, params ulong[] subjects)
    {
        await using var room = await folder.OpenAsync();
        foreach (var subject in subjects) await room.Audit.AppendAsync(new(AuditKind.Read, "anna") { What = "lab.result", Subject = subject }, TestContext.Current.CancellationToken);
    }

    /// <summary>The alerts after one more start: what was written right before an end is looked at then, and closing a room waits for it.</summary>
    private static async Task<IReadOnlyList<AuditEntry>> AlertsAsync(TrustFolder folder)
    {
        await (await folder.OpenAsync()).DisposeAsync();
        await using var room = await folder.OpenAsync();
        return await room.Reader.SearchAsync(new() { Kind = AuditKind.Alert }, TestContext.Current.CancellationToken);
    }
}
