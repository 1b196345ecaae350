using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Server;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Backups;

/// <summary>A server with data is backed up while it runs; what is restored answers the same. What was damaged, killed or is under another key says so.</summary>
public sealed class Backup_tests : IAsyncLifetime
{
    private const string Question = "SELECT _org, count(*) AS n, sum(result_value) AS s, min(report_time) AS t FROM lab.result GROUP BY 1 ORDER BY 1";
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-backup-").FullName;
    private readonly TestServer _server;

    public Backup_tests() => _server = new(null, o => o.BackupPlaces = [Place]);

    private string Place => Path.Combine(_folder, "place");

    private string Data => _server.Options.Folder;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_is_restored_answers_the_same_and_its_audit_is_whole()
    {
        var before = await OfDataAsync("query", Question);
        var first = await OfDataAsync("backup", "create", Place);
        Assert.True(first.ExitCode == 0, first.Error);
        var kept = Directory.GetFiles(Path.Combine(Place, "objects"), "*", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.Equal(2, kept.Count);
        var more = Path.Combine(_folder, "lab-more.csv");
        await File.WriteAllTextAsync(more, TestServer.LabFile(50, report: "Later"));
        Assert.Equal(0, (await OfDataAsync("ingest", more, "--source", "plain", "--organisation", "H1")).ExitCode);
        for (var i = 0; i < 2; i++) Assert.Equal(0, (await OfDataAsync("backup", "create", Place)).ExitCode);
        await _server.StopAsync();

        // What the place had is not copied again: the objects, and pieces of what did not change.
        var heads = Heads();
        Assert.Equal([2, 3, 3], heads.Select(h => h.GetProperty("objects").GetInt32()));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(Place, "objects"), "*", SearchOption.AllDirectories).Length);
        Assert.All(kept, k => Assert.Equal(k.Value, File.GetLastWriteTimeUtc(k.Key)));
        Assert.True(heads[2].GetProperty("copied").GetInt64() < heads[1].GetProperty("copied").GetInt64() / 2, $"{heads[2]} {heads[1]}");
        Assert.Equal(0, (await OfDataAsync("backup", "verify", Place)).ExitCode);

        // The older one has the rows of its time; it is restored where nothing but the key is left of the data folder.
        var key = Path.Combine(_folder, "master.key");
        File.Copy(Path.Combine(Data, "keys", "master.key"), key);
        var to = Path.Combine(_folder, "restored");
        var restored = await CliRun.Of("en", "backup", "restore", Place, "--backup", heads[0].GetProperty("id").GetString()!, "--to", to, "--master-key", key);
        Assert.True(restored.ExitCode == 0, restored.Error);
        Assert.False(File.Exists(Path.Combine(to, "keys", "master.key")));
        Assert.False(Directory.Exists(Path.Combine(to, "keys", "connect")), "Tokens that were given out before are good after a restore.");
        File.Copy(key, Path.Combine(to, "keys", "master.key"));
        Assert.Equal(before.Out, (await OfAsync(to, "query", Question)).Out);
        foreach (var command in (string[][])[["audit", "verify"], ["lake", "verify"]])
        {
            var proved = await OfAsync(to, command);
            Assert.True(proved.ExitCode == 0, proved.Out + proved.Error);
        }

        Assert.Contains(heads[0].GetProperty("id").GetString()!, (await OfAsync(to, "audit", "search", "--kind", "restore")).Out, StringComparison.Ordinal);
        Assert.Contains(heads[0].GetProperty("id").GetString()!, (await OfDataAsync("audit", "search", "--kind", "backup")).Out, StringComparison.Ordinal);

        // It goes on as a platform: what was loaded later is loaded again.
        Assert.Equal(0, (await OfAsync(to, "ingest", more, "--source", "plain", "--organisation", "H1")).ExitCode);
        Assert.Equal((await OfDataAsync("query", Question)).Out, (await OfAsync(to, "query", Question)).Out);
    }

    [Fact]
    public async Task A_changed_byte_a_file_that_is_cut_off_exchanged_or_gone_and_a_wrong_key_are_found()
    {
        Assert.Equal(0, (await OfDataAsync("backup", "create", Place)).ExitCode);
        var newest = Directory.GetDirectories(Path.Combine(Place, "backups")).Single();
        var pieces = Directory.GetFiles(Path.Combine(Place, "pieces"), "*", SearchOption.AllDirectories).Order().ToList();
        var victims = new[] { pieces[0], Directory.GetFiles(Path.Combine(Place, "objects"), "*", SearchOption.AllDirectories)[0], Path.Combine(newest, "manifest"), Path.Combine(newest, "ring.json"), Path.Combine(newest, "head.json") };
        foreach (var victim in victims)
        {
            var whole = await File.ReadAllBytesAsync(victim);
            var changed = (byte[])whole.Clone();
            changed[changed.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(victim, changed);
            await FailsAsync(victim, "changed");
            await File.WriteAllBytesAsync(victim, whole[..^(whole.Length / 3)]);
            await FailsAsync(victim, "cut off");
            File.Delete(victim);
            await FailsAsync(victim, "gone");
            await File.WriteAllBytesAsync(victim, whole);
        }

        var (one, other) = (await File.ReadAllBytesAsync(pieces[0]), await File.ReadAllBytesAsync(pieces[1]));
        await File.WriteAllBytesAsync(pieces[0], other);
        await File.WriteAllBytesAsync(pieces[1], one);
        await FailsAsync(pieces[0], "exchanged");
        await File.WriteAllBytesAsync(pieces[0], one);
        await File.WriteAllBytesAsync(pieces[1], other);
        Assert.Equal(0, (await OfDataAsync("backup", "verify", Place)).ExitCode);

        var wrong = Path.Combine(_folder, "wrong.key");
        await File.WriteAllBytesAsync(wrong, new byte[32]);
        var refused = await CliRun.Of("en", "backup", "restore", Place, "--to", Path.Combine(_folder, "no"), "--master-key", wrong);
        Assert.Equal(8, refused.ExitCode);
        Assert.Contains("backup.other-key", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "no")));
        var full = await CliRun.Of("en", "backup", "restore", Place, "--to", Data, "--master-key", Path.Combine(Data, "keys", "master.key"));
        Assert.Contains("restore.not-empty", full.Error, StringComparison.Ordinal);

        async Task FailsAsync(string victim, string how)
        {
            var to = Path.Combine(_folder, "damaged");
            var verified = await OfDataAsync("backup", "verify", Place);
            Assert.True(verified.ExitCode is 8 or 4, $"verify, {how}: {victim} {verified.Out}");
            var restored = await CliRun.Of("en", "backup", "restore", Place, "--to", to, "--master-key", Path.Combine(Data, "keys", "master.key"));
            Assert.True(restored.ExitCode is 8 or 4, $"restore, {how}: {victim} {restored.Out}");
            Assert.False(Directory.Exists(to) || Directory.Exists(to + ".restoring"), $"A restore that failed left something ({how}: {victim}).");
        }
    }

    [Fact]
    public async Task Nothing_in_a_place_is_readable_and_only_the_system_administrator_makes_backups_into_configured_places()
    {
        Assert.Equal(0, (await OfDataAsync("backup", "create", Place)).ExitCode);

        // The lake is still held by its process.
        File.Move(Path.Combine(Data, "yunnao.sock"), Path.Combine(Data, "yunnao.sock.away"));
        var intruder = await YunnaoProcess.Run("lake", "optimize", "--data", Data, "--standards", _server.Standards);
        File.Move(Path.Combine(Data, "yunnao.sock.away"), Path.Combine(Data, "yunnao.sock"));
        Assert.Contains("lake.busy", intruder.Error, StringComparison.Ordinal);

        foreach (var file in Directory.GetFiles(Place, "*", SearchOption.AllDirectories))
        {
            var text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            foreach (var clear in (string[])["report_no", "SQLite format", "DUCK", "patient_id"]) Assert.DoesNotContain(clear, text, StringComparison.Ordinal);
        }

        using var elsewhere = await _server.CallAsync(HttpMethod.Post, "api/v1/backups", await _server.TokenAsync("system_administrator"), JsonContent.Create(new { place = Path.Combine(_folder, "elsewhere") }));
        Assert.Equal(HttpStatusCode.Forbidden, elsewhere.StatusCode);
        Assert.Equal("backup.place-forbidden", await TestServer.CodeAsync(elsewhere));
        using var security = await _server.CallAsync(HttpMethod.Post, "api/v1/backups", await _server.TokenAsync("security_administrator"), JsonContent.Create(new { place = Place }));
        Assert.Equal(HttpStatusCode.Forbidden, security.StatusCode);
        var job = await _server.JsonAsync(HttpMethod.Post, "api/v1/backups", "system_administrator", new { place = Place });
        Assert.Equal("done", (await _server.EndOfJobAsync(job.GetProperty("id").GetString()!, "system_administrator")).GetProperty("state").GetString());
        Assert.Equal(2, (await _server.JsonAsync(HttpMethod.Get, $"api/v1/backups?place={Uri.EscapeDataString(Place)}", "system_administrator")).GetArrayLength());

        var inside = await OfDataAsync("backup", "create", Path.Combine(Data, "place"));
        Assert.Contains("backup.place", inside.Error, StringComparison.Ordinal);
        var taken = await OfDataAsync("backup", "create", _folder);
        Assert.Contains("backup.place", taken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_backup_is_none_and_a_killed_restore_leaves_no_data_folder()
    {
        await _server.StopAsync();
        var big = Path.Combine(_folder, "lab-big.csv");
        await File.WriteAllTextAsync(big, TestServer.LabFile(200_000, report: "Big"));
        Assert.Equal(0, (await OfDataAsync("ingest", big, "--source", "plain", "--organisation", "H1")).ExitCode);
        await KillWhenAsync(() => Directory.Exists(Path.Combine(Place, "backups")) && Directory.GetDirectories(Path.Combine(Place, "backups")).Length > 0, "backup", "create", Place);
        var left = (await OfDataAsync("backup", "list", Place)).Out;
        Assert.Contains("never finished", left, StringComparison.Ordinal);
        var none = await OfDataAsync("backup", "restore", Place, "--to", Path.Combine(_folder, "none"), "--master-key", Path.Combine(Data, "keys", "master.key"));
        Assert.Contains("backup.unknown", none.Error, StringComparison.Ordinal);

        Assert.Equal(0, (await OfDataAsync("backup", "create", Place)).ExitCode);
        Assert.DoesNotContain("never finished", (await OfDataAsync("backup", "list", Place)).Out, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(Data, "tmp"), "backup-*"));

        var to = Path.Combine(_folder, "to");
        string[] restore = ["backup", "restore", Place, "--to", to, "--master-key", Path.Combine(Data, "keys", "master.key")];
        await KillWhenAsync(() => Directory.Exists(to + ".restoring"), restore);
        Assert.False(Directory.Exists(to), "A restore that was killed left a data folder.");
        Assert.Equal(0, (await CliRun.Of("en", restore)).ExitCode);
        Assert.False(Directory.Exists(to + ".restoring"));
        File.Copy(Path.Combine(Data, "keys", "master.key"), Path.Combine(to, "keys", "master.key"));
        Assert.Equal((await OfDataAsync("query", Question)).Out, (await OfAsync(to, "query", Question)).Out);
    }

    /// <summary>The program as a process, killed as soon as a state is reached; it may have ended before.</summary>
    private async Task KillWhenAsync(Func<bool> reached, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(YunnaoProcess.Executable(), [.. arguments, "--data", Data, "--standards", _server.Standards]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        while (!process.HasExited && !reached()) await Task.Delay(1);
        process.Kill();
        await process.WaitForExitAsync();
    }

    private List<JsonElement> Heads() => [.. Directory.GetDirectories(Path.Combine(Place, "backups")).Select(d => JsonElement.Parse(File.ReadAllText(Path.Combine(d, "head.json")))).OrderBy(h => h.GetProperty("ended").GetDateTimeOffset())];

    private Task<CliRun> OfDataAsync(params string[] command) => OfAsync(Data, command);

    private Task<CliRun> OfAsync(string data, params string[] command) => CliRun.Of("en", [.. command, "--data", data, "--standards", _server.Standards]);
}
