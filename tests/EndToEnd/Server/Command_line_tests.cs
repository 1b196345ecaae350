using System.Text.RegularExpressions;
using Xunit;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The command line says the same of a data folder whether a server owns it or not.</summary>
public sealed class Command_line_tests
{
    [Fact]
    public async Task Commands_print_the_same_with_and_without_a_server()
    {
        var server = new TestServer();
        await using (server)
        {
            await server.InitializeAsync();
            string[][] commands =
            [
                ["query", "SELECT _org, count(*) AS n, min(report_time) AS t, avg(result_value) AS a FROM lab.result GROUP BY 1 ORDER BY 1"],
                ["query", "--json", "SELECT * FROM lab.result ORDER BY _record LIMIT 3"],
                ["query", "SELECT nothing FROM lab.result"],
                ["batches"], ["batch", "show", "1"], ["batch", "show", "77"],
                ["quarantine", "list"], ["quarantine", "show"],
                ["lake", "stats"], ["lake", "verify"],
            ];
            var by = new List<CliRun>();
            foreach (var command in commands) by.Add(await RunAsync(server, command));
            var file = Path.Combine(server.Options.Folder, "..", "lab-more.csv");
            await File.WriteAllTextAsync(file, TestServer.LabFile(5, refused: 1, report: "M"));
            var loaded = await RunAsync(server, ["ingest", file, "--source", "plain", "--json"]);
            Assert.Equal(0, loaded.ExitCode);
            Assert.Contains("\"batch\":3,", loaded.Out, StringComparison.Ordinal);
            Assert.Contains("\"quarantined\":1,", loaded.Out, StringComparison.Ordinal);
            Assert.Contains("\"already_loaded\":3,", (await RunAsync(server, ["ingest", file, "--source", "plain", "--json"])).Out, StringComparison.Ordinal);
            Assert.Equal(0, (await RunAsync(server, ["batch", "take-back", "3"])).ExitCode);
            await server.StopAsync();

            for (var i = 0; i < commands.Length; i++)
            {
                if (commands[i][0] is "batches" or "lake") continue;
                var alone = await RunAsync(server, commands[i]);
                Assert.Equal((alone.ExitCode, alone.Out, Regex.Replace(alone.Error, "^[^:]*/", "")), (by[i].ExitCode, by[i].Out, Regex.Replace(by[i].Error, "^[^:]*/", "")));
            }
        }
    }

    private static Task<CliRun> RunAsync(TestServer server, string[] command) => CliRun.Of("en", [.. command, "--data", server.Options.Folder, "--standards", server.Standards]);
}
