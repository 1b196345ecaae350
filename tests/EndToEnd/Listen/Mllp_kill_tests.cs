using System.Diagnostics;
using System.Text.Json;
using Xunit;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Listen;

public sealed class Mllp_kill_tests
{
    private const int Senders = 6;

    /// <summary>As many merges as can be listed: on a fast machine the senders rest when they have sent so many.</summary>
    private const int MostPairs = 9000;
    private const int NumbersOfSender = 100_000;

    /// <summary>
    /// Registrations, and after every second one the merge of the two persons. What was not acknowledged is sent again, as senders do, and may then
    /// be there twice.
    /// </summary>
    [Fact]
    public async Task No_acknowledged_message_is_lost_and_no_merge_happens_twice_when_the_listener_is_killed_at_any_moment()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var data = Directory.CreateTempSubdirectory("yunnao-test-").FullName;
        string[] common = ["--standards", Repository.File("standards"), "--data", data];
        string[] listen = ["listen", "mllp", "--source", "hl7v2", .. common];
        var acknowledged = Enumerable.Range(1, Senders).Select(k => (k * NumbersOfSender) - 1).ToArray();
        var random = new Random(11);
        for (var round = 0; round < 3; round++)
        {
            using var process = Process.Start(new ProcessStartInfo(YunnaoProcess.Executable(), [.. listen, "--port", "0", "--batch-seconds", "1"]) { RedirectStandardOutput = true })!;
            var port = JsonElement.Parse((await process.StandardOutput.ReadLineAsync(cancellation))!).GetProperty("listening").GetInt32();
            var senders = Enumerable.Range(0, Senders).Select(k => Task.Run(() => SendUntilBroken(port, ref acknowledged[k]))).ToArray();
            await Task.Delay(random.Next(800, 2500), cancellation);
            process.Kill();
            await Task.WhenAll(senders);
            await process.WaitForExitAsync(cancellation);
        }

        var (exit, _, _) = await YunnaoProcess.Run([.. listen, "--drain"]);
        Assert.Equal(0, exit);
        var (_, lines, _) = await YunnaoProcess.Run(["query", "--json", "SELECT encounter_no, _subject::VARCHAR AS person FROM encounter.encounter", .. common]);
        var person = lines.ToDictionary(l => int.Parse(l.GetProperty("encounter_no").GetString()![1..]), l => l.GetProperty("person").GetString());
        var sent = acknowledged.SelectMany((last, k) => Enumerable.Range((k + 1) * NumbersOfSender, last + 1 - ((k + 1) * NumbersOfSender))).ToList();
        Assert.NotEmpty(sent);
        Assert.Empty(sent.Except(person.Keys));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(data, "spool"), "*", SearchOption.AllDirectories));

        // Each pair is one person, by one merge, and all of them are in the audit.
        var pairs = sent.Where(n => n % 2 == 1).ToList();
        Assert.NotEmpty(pairs);
        Assert.DoesNotContain(pairs, n => person[n] != person[n - 1]);
        var merges = (await CliRun.Of("en", ["identity", "merges", "--most", "10000", .. common])).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split('\t')).ToList();
        Assert.All(merges, m => Assert.Equal("holds", m[^1].Trim()));
        Assert.Equal(merges.Count, merges.Select(m => (m[3], m[4])).Distinct().Count());
        Assert.InRange(merges.Count, pairs.Count, pairs.Count + Senders);
        var audit = (await CliRun.Of("en", ["audit", "search", "--limit", "10000", .. common])).Out;
        Assert.DoesNotContain(merges, m => !audit.Contains($"merge {m[0]}", StringComparison.Ordinal));
        Directory.Delete(data, recursive: true);
    }

    /// <param name="last">Number of the last registration that was acknowledged, together with the merge that follows an odd one.</param>
    private static void SendUntilBroken(int port, ref int last)
    {
        try
        {
            using var sender = new MllpSender(port);
            for (var number = last + 1; number % NumbersOfSender < 2 * MostPairs / Senders && sender.Send(MllpSender.Registration(number)) == $"AA|M{number}"; number++)
            {
                if (number % 2 == 1 && sender.Send(MllpSender.Merge(number - 1, number)) != $"AA|G{number}") break;
                last = number;
            }
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            // The listener was killed, perhaps before this sender came.
        }
    }
}
