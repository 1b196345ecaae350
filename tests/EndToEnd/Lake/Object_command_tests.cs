using System.Text;
using Xunit;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Server;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Lake;

public sealed class Object_command_tests
{
    [Fact]
    public async Task A_landed_file_is_taken_out_as_it_was_sent_with_its_reason_in_the_audit()
    {
        using var platform = new TestPlatform();
        var sent = TestServer.LabFile(30);
        var outcome = await platform.Load(platform.File("lab-1.csv", sent), "plain");
        var id = outcome.Batch!.Header.ObjectId!;
        platform.Close();
        var file = Path.Combine(platform.Data, "..", "out.csv");

        Assert.NotEqual(0, (await RunAsync(platform, id, file, " ")).ExitCode);
        Assert.False(File.Exists(file));
        var taken = await RunAsync(platform, id, file, "the hospital asks");
        Assert.True(taken.ExitCode == 0, taken.Error);
        Assert.Equal(sent, await File.ReadAllTextAsync(file));
        Assert.Contains("object.exists", (await RunAsync(platform, id, file, "again")).Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var audit = await CliRun.Of("en", "audit", "search", "--kind", "export", "--data", platform.Data, "--standards", platform.Standards);
        Assert.Contains($"object {id}", audit.Out, StringComparison.Ordinal);

        var stored = Path.Combine(platform.Data, "objects", id[..2], id[2..]);
        var bytes = await File.ReadAllBytesAsync(stored);
        Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("report_no")) < 0);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(stored, bytes);
        var damaged = await RunAsync(platform, id, file + "2", "damaged");
        Assert.Contains("keys.sealed-damaged", damaged.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file + "2") || File.Exists(file + "2.part"));
    }

    private static Task<CliRun> RunAsync(TestPlatform platform, string id, string file, string reason) =>
        CliRun.Of("en", "lake", "object", id, "--out", file, "--reason", reason, "--data", platform.Data, "--standards", platform.Standards);
}
