using System.CommandLine;
using System.Diagnostics;

namespace Yunnao.Cli.Bench;

/// <summary><c>yunnao bench start</c>: seconds from starting the program until <c>/readyz</c> says yes; the first start of an empty folder apart.</summary>
internal static class StartBench
{
    /// <summary>What architecture and issue promise.</summary>
    private const double Promised = 3;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10), s_longest = TimeSpan.FromMinutes(2);

    public static Command Create(Terminal terminal)
    {
        var rounds = BenchOptions.Number("--rounds", 5, terminal.Text["bench.start.rounds"]);
        var command = new Command("start", terminal.Text["bench.start"]) { rounds };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = new BenchFolder("start", null, keep: false);
            var (standards, port) = (RegistryFolder.Of(parsed, terminal), Demo.DemoServer.FreePort(8600));
            var first = await StartAsync(standards, folder.Path, port, cancellation).ConfigureAwait(false);
            var later = new List<Start>();
            for (var i = 0; i < parsed.GetValue(rounds); i++) later.Add(await StartAsync(standards, folder.Path, port, cancellation).ConfigureAwait(false));
            var median = later.OrderBy(s => s.Seconds).ElementAt(later.Count / 2);
            terminal.Print(new BenchLine("start", "s") { Ours = median.Seconds, Rival = Promised, RivalName = "none; the promise", Ratio = Promised / median.Seconds, Rows = later.Count, PeakMb = median.PeakMb }
                .With("processor_s", median.Processor).With("first_s", first.Seconds).With("first_processor_s", first.Processor).ToString());
            return ExitCodes.Ok;
        });
        return command;
    }

    private sealed record Start(double Seconds, double Processor, long PeakMb);

    private static async Task<Start> StartAsync(string standards, string folder, int port, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["serve", "--standards", standards, "--data", folder, "--port", $"{port}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            server.OutputDataReceived += (_, _) => { };
            server.ErrorDataReceived += (_, _) => { };
            server.BeginOutputReadLine();
            server.BeginErrorReadLine();
            using var http = new HttpClient();
            while (!await ReadyAsync(http, port, cancellation).ConfigureAwait(false))
            {
                if (server.HasExited || clock.Elapsed > s_longest) throw new InvalidOperationException("The server did not become ready.");
                await Task.Delay(s_pause, cancellation).ConfigureAwait(false);
            }

            var seconds = clock.Elapsed.TotalSeconds;
            server.Refresh();
            return new(seconds, server.TotalProcessorTime.TotalSeconds, server.PeakWorkingSet64 >> 20);
        }
        finally
        {
            await StopAsync(server).ConfigureAwait(false);
        }
    }

    private static async Task<bool> ReadyAsync(HttpClient http, int port, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/readyz"), cancellation).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Stops it as an operator does, so that the next start finds a folder that was closed.</summary>
    private static async Task StopAsync(Process server)
    {
        if (OperatingSystem.IsWindows()) server.Kill();
        else
        {
            using var signal = Process.Start("kill", ["-TERM", $"{server.Id}"]);
            await signal.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        await server.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
