using System.Text.Json;
using Xunit;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The program is killed while hundreds of callers append to the audit at once.</summary>
public sealed class Audit_kill_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-audit-kill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(300)]
    [InlineData(1100)]
    public async Task Every_acknowledged_event_is_there_and_the_chain_is_whole(int milliseconds)
    {
        var lines = await YunnaoProcess.Kill(
            ["bench", "audit", "--events", "100000000", "--waiting", "300", "--acknowledge", "--dir", _folder], TimeSpan.FromMilliseconds(milliseconds), fromFirstLine: true);
        var acknowledged = lines.Select(l => l.GetProperty("event").GetInt64()).ToHashSet();
        Assert.True(acknowledged.Count > 100, $"Only {acknowledged.Count} events were acknowledged before the kill.");

        var data = Path.Combine(_folder, "data");
        var (code, _, error) = await YunnaoProcess.Run("audit", "verify", "--data", data);
        Assert.True(code == 0, error);
        var file = Path.Combine(_folder, "events.ndjson");
        Assert.Equal(0, (await YunnaoProcess.Run("audit", "export", file, "--data", data)).ExitCode);
        foreach (var line in File.ReadLines(file))
        {
            if (JsonElement.Parse(line) is var e && e.TryGetProperty("subject", out var subject) && subject.ValueKind != JsonValueKind.Null) acknowledged.Remove(long.Parse(subject.ToString()));
        }

        Assert.Empty(acknowledged);
    }
}
