using System.Diagnostics;
using System.Text;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary><c>yunnao serve</c> as a process of its own, ready when it is given; killed at the end.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly StringBuilder _printed = new();
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>What it printed so far, on both outputs.</summary>
    public string Printed
    {
        get { lock (_printed) return _printed.ToString(); }
    }

    /// <summary>Starts it over a data folder and waits until it is ready.</summary>
    /// <param name="ready">Asks <c>/readyz</c>; null for a client of plain HTTP.</param>
    public static async Task<ServerProcess> StartAsync(string standards, string data, int port, Dictionary<string, string>? variables = null, HttpClient? ready = null, string? parent = null, params string[] more)
    {
        string[] arguments = ["serve", "--standards", standards, "--data", data, "--port", $"{port}", "--lang", "en", .. more];
        var start = parent is null
            ? new ProcessStartInfo(YunnaoProcess.Executable(), arguments)
            : new ProcessStartInfo(parent, ["-c", "trap 'kill -TERM $child' TERM; \"$0\" \"$@\" & child=$!; wait; wait", YunnaoProcess.Executable(), .. arguments]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        foreach (var (name, value) in variables ?? []) start.Environment[name] = value;
        var server = new ServerProcess(Process.Start(start)!);
        server._process.OutputDataReceived += server.Keep;
        server._process.ErrorDataReceived += server.Keep;
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        using var plain = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}/") };
        for (var i = 0; i < 3000 && !server._process.HasExited; i++)
        {
            try
            {
                using var answer = await (ready ?? plain).GetAsync("readyz");
                if (answer.IsSuccessStatusCode) return server;
            }
            catch (HttpRequestException)
            {
            }

            await Task.Delay(100);
        }

        await server.DisposeAsync();
        throw new InvalidOperationException($"The server did not become ready.\n{server.Printed}");
    }

    /// <summary>Ends it as an operator does.</summary>
    public async Task StopAsync()
    {
        using (var signal = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await signal.WaitForExitAsync();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it as a power cut does.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_printed) _printed.AppendLine(line.Data);
    }
}
