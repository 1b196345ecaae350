using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Yunnao.Cli.Demo;
using Yunnao.Kernel;

namespace Yunnao.Cli.Bench.Dicom;

/// <summary>A server under test, as a process of its own: ours, Orthanc or storescp. All send without delay (<c>TCP_NODELAY=1</c>), or the comparison would be unfair.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private const int FirstPort = 8700;
    private static readonly string[] Plugins = ["/usr/share/orthanc/plugins"];
    private readonly Process _process;

    private BenchServer(Process process, string name, string title, int dicom, int http) => (_process, Name, Title, Dicom, Http) = (process, name, title, dicom, http);

    public string Name { get; }

    public string Title { get; }

    public int Dicom { get; }

    public int Http { get; }

    /// <summary>Where DICOMweb is.</summary>
    public string Web => $"http://127.0.0.1:{Http}/dicom-web";

    /// <summary>Processor time so far, in seconds.</summary>
    public double Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Peak memory, in MB.</summary>
    public long PeakMb
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64 >> 20;
        }
    }

    /// <summary>Returns when the server rests and the disk has what it wrote: what one leaves to be done must not be paid by the next.</summary>
    public async Task RestAsync(CancellationToken cancellation)
    {
        for (string? before = null, now; (now = Written()) != before; before = now) await Task.Delay(500, cancellation).ConfigureAwait(false);
        if (OperatingSystem.IsLinux()) await ClientAsync("sync", [], cancellation).ConfigureAwait(false);
    }

    /// <summary>Ours.</summary>
    public static Task<BenchServer> OursAsync(string folder, CancellationToken cancellation, params string[] more) => OursAsync(folder, database: null, cancellation, more);

    /// <summary>Ours, with its index in a PostgreSQL database; null for SQLite.</summary>
    public static async Task<BenchServer> OursAsync(string folder, string? database, CancellationToken cancellation, params string[] more)
    {
        var process = Start(Environment.ProcessPath!, ["imaging", "serve", "--port", "0", "--http", "0", "--data", folder, .. more], (Imaging.ImagingRoom.DatabaseVariable, database));
        var line = await process.StandardOutput.ReadLineAsync(cancellation).ConfigureAwait(false) ?? throw new InvalidOperationException("The server did not start.");
        using var ports = JsonDocument.Parse(line);
        return new(process, string.Join(", ", ["yunnao", .. more]), "YUNNAO", ports.RootElement.GetProperty("dicom").GetInt32(), ports.RootElement.GetProperty("http").GetInt32());
    }

    /// <summary>Orthanc with its DICOMweb plug-in; null when it is not installed.</summary>
    /// <param name="sync">True flushes each file to the disk, as it does by default.</param>
    public static async Task<BenchServer?> OrthancAsync(string folder, bool sync, CancellationToken cancellation)
    {
        if (Find("Orthanc") is not { } program) return null;
        var dicom = DemoServer.FreePort(FirstPort);
        var http = DemoServer.FreePort(dicom + 1);
        var configuration = Path.Combine(folder, "orthanc.json");
        await File.WriteAllTextAsync(configuration, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["StorageDirectory"] = Path.Combine(folder, "db"), ["IndexDirectory"] = Path.Combine(folder, "db"), ["HttpPort"] = http, ["DicomPort"] = dicom, ["DicomAet"] = "ORTHANC",
            ["AuthenticationEnabled"] = false, ["DicomAlwaysAllowStore"] = true, ["DicomCheckCalledAet"] = false, ["SyncStorageArea"] = sync, ["Plugins"] = Plugins,
        }), cancellation).ConfigureAwait(false);
        var server = new BenchServer(Start(program, configuration), sync ? "Orthanc" : "Orthanc, SyncStorageArea false", "ORTHANC", dicom, http);
        await ListeningAsync(dicom, cancellation).ConfigureAwait(false);
        await ListeningAsync(http, cancellation).ConfigureAwait(false);
        return server;
    }

    /// <summary>True when it answers over DICOMweb: Orthanc does with a plug-in.</summary>
    public async Task<bool> HasWebAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync($"{Web}/studies?limit=1", cancellation).ConfigureAwait(false);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>dcmtk's storescp, which writes files and keeps no index; null when it is not installed.</summary>
    public static async Task<BenchServer?> StoreScpAsync(string folder, CancellationToken cancellation, params string[] more)
    {
        if (Find("storescp") is not { } program) return null;
        var port = DemoServer.FreePort(FirstPort);
        var server = new BenchServer(Start(program, ["-aet", "SCP", "-od", folder, .. more, $"{port}"]), string.Join(' ', ["storescp", .. more]), "SCP", port, 0);
        await ListeningAsync(port, cancellation).ConfigureAwait(false);
        return server;
    }

    /// <summary>Runs a client to its end and gives its time in seconds. Problem: <c>bench.client</c>.</summary>
    public static async Task<Result<double>> ClientAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        if (Find(program) is not { } path) return new Problem(ProblemKind.NotFound, "bench.client", $"{program} is not installed: run tests/install-peers.");
        var clock = Stopwatch.StartNew();
        using var process = Start(path, arguments);
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return process.ExitCode == 0 ? clock.Elapsed.TotalSeconds : new Problem(ProblemKind.Unavailable, "bench.client", $"{program} ended with {process.ExitCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    /// <summary>What the system counts of the server's writing; null where it does not.</summary>
    private string? Written()
    {
        var counts = $"/proc/{_process.Id}/io";
        return File.Exists(counts) ? File.ReadLines(counts).FirstOrDefault(l => l.StartsWith("write_bytes", StringComparison.Ordinal)) : null;
    }

    private static Process Start(string program, params string[] arguments) => Start(program, arguments, ("TCP_NODELAY", "1"));

    private static Process Start(string program, string[] arguments, (string Name, string? Value) variable)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[variable.Name] = variable.Value;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);

    private static async Task ListeningAsync(int port, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancellation).ConfigureAwait(false);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, cancellation).ConfigureAwait(false);
            }
        }
    }
}
