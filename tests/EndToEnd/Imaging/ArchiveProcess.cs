using System.Diagnostics;
using System.Text.Json;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Server;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary><c>yunnao imaging serve</c> as a process of its own, on free ports, over a data folder.</summary>
internal sealed class ArchiveProcess : IAsyncDisposable
{
    public const string Title = "YUNNAO";

    private static readonly Lazy<string> Registry = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("yunnao-archive-standards-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        SmallRegistry.Write(folder);
        SmallPolicies.Write(folder);
        return folder;
    });

    private readonly Process _process;

    private ArchiveProcess(Process process, int dicom, int http)
    {
        (_process, Dicom) = (process, dicom);
        Http = new() { BaseAddress = new($"http://127.0.0.1:{http}/"), Timeout = TimeSpan.FromMinutes(1) };
    }

    /// <summary>Port of DICOM.</summary>
    public int Dicom { get; }

    public HttpClient Http { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<ArchiveProcess> Start(string data, params string[] more)
    {
        // Where no caller is named, no policy is asked: a small registry is read in a fraction of the time.
        string[] registry = more.Contains("--standards") || more.Contains("--allow") ? [] : ["--standards", Registry.Value];
        var start = new ProcessStartInfo(YunnaoProcess.Executable(), ["imaging", "serve", "--port", "0", "--http", "0", "--data", data, .. registry, .. more]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        if (await process.StandardOutput.ReadLineAsync() is not { } line) throw new InvalidOperationException(await error);
        using var ports = JsonDocument.Parse(line);
        _ = process.StandardOutput.ReadToEndAsync();
        return new(process, ports.RootElement.GetProperty("dicom").GetInt32(), ports.RootElement.GetProperty("http").GetInt32());
    }

    /// <summary>SIGKILL.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Physical memory at its most, in bytes.</summary>
    public long PeakMemory()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    /// <summary>The JSON that a path of DICOMweb answers.</summary>
    public async Task<JsonElement> Json(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "dicom-web/" + path);
        request.Headers.Accept.ParseAdd("application/dicom+json");
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>The one file that a path answers.</summary>
    public async Task<byte[]> File1(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "dicom-web/" + path);
        request.Headers.TryAddWithoutValidation("Accept", "application/dicom; transfer-syntax=*");
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited) await Kill();
        _process.Dispose();
    }
}
