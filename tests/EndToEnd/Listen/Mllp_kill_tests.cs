using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Xunit;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Listen;

public sealed class Mllp_kill_tests
{
    [Fact]
    public async Task No_acknowledged_message_is_lost_when_the_listener_is_killed_at_any_moment()
    {
        var data = Directory.CreateTempSubdirectory("yunnao-test-").FullName;
        string[] common = ["--source", "hl7v2", "--standards", Repository.File("standards"), "--data", data];
        var acknowledged = new ConcurrentBag<int>();
        var random = new Random(11);
        for (var round = 0; round < 3; round++)
        {
            using var process = Process.Start(new ProcessStartInfo(YunnaoProcess.Executable(), ["listen", "mllp", "--port", "0", "--batch-seconds", "1", .. common]) { RedirectStandardOutput = true })!;
            var port = JsonElement.Parse((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!).GetProperty("listening").GetInt32();
            var first = (round + 1) * 1_000_000;
            var senders = Enumerable.Range(0, 6).Select(k => Task.Run(() => SendUntilBroken(port, first + (k * 100_000), acknowledged))).ToArray();
            await Task.Delay(random.Next(800, 2500), TestContext.Current.CancellationToken);
            process.Kill();
            await Task.WhenAll(senders);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var (exit, _, _) = await YunnaoProcess.Run(["listen", "mllp", "--drain", .. common]);
        Assert.Equal(0, exit);
        var (_, lines, _) = await YunnaoProcess.Run("query", "--json", "SELECT encounter_no FROM encounter.encounter", "--standards", Repository.File("standards"), "--data", data);
        var loaded = lines.Select(l => int.Parse(l.GetProperty("encounter_no").GetString()![1..])).ToHashSet();
        Assert.NotEmpty(acknowledged);
        Assert.Empty(acknowledged.Except(loaded));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(data, "spool"), "*", SearchOption.AllDirectories));
        Directory.Delete(data, recursive: true);
    }

    private static void SendUntilBroken(int port, int first, ConcurrentBag<int> acknowledged)
    {
        try
        {
            using var sender = new MllpSender(port);
            for (var number = first; sender.Send(MllpSender.Registration(number)) == $"AA|M{number}"; number++) acknowledged.Add(number);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            // The listener was killed, perhaps before this sender came.
        }
    }
}
