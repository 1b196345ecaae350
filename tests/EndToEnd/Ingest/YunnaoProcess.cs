using System.Diagnostics;
using System.Text.Json;

namespace Yunnao.Tests.EndToEnd.Ingest;

/// <summary>The built program as a process of its own, so that it can be killed.</summary>
internal static class YunnaoProcess
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command line to its end; gives the exit code, the JSON lines it printed, and its standard error.</summary>
    public static Task<(int ExitCode, List<JsonElement> Lines, string Error)> Run(params string[] arguments) => Run(arguments, null, false);

    /// <summary>Runs a command line and kills it (SIGKILL) after the delay, counted from its start or from its first line of output.</summary>
    public static async Task<List<JsonElement>> Kill(string[] arguments, TimeSpan delay, bool fromFirstLine) =>
        (await Run(arguments, delay, fromFirstLine)).Lines;

    /// <summary>Runs a command line and kills it (SIGKILL) after the delay, counted from when it has <paramref name="begun"/>.</summary>
    public static async Task<List<JsonElement>> Kill(string[] arguments, TimeSpan delay, Func<bool> begun) => (await Run(arguments, delay, false, begun)).Lines;

    private static async Task<(int ExitCode, List<JsonElement> Lines, string Error)> Run(string[] arguments, TimeSpan? delay, bool fromFirstLine, Func<bool>? begun = null)
    {
        using var process = Process.Start(new ProcessStartInfo(Executable(), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var first = process.StandardOutput.ReadLineAsync();
        if (delay is { } wait)
        {
            if (fromFirstLine) await Task.WhenAny(first, Task.Delay(LongestStart));
            while (begun is not null && !begun() && !process.HasExited) await Task.Delay(2);
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(wait));
            process.Kill();
        }

        var lines = new List<JsonElement>();
        for (var line = await first; line is not null; line = await process.StandardOutput.ReadLineAsync())
            if (TryParse(line, out var element)) lines.Add(element);
        await process.WaitForExitAsync();
        return (process.ExitCode, lines, await error);
    }

    /// <summary>A line that the kill cut in two was not received and acknowledges nothing.</summary>
    private static bool TryParse(string line, out JsonElement element)
    {
        try
        {
            element = JsonElement.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            element = default;
            return false;
        }
    }

    /// <summary>
    /// The program that users run, <c>artifacts/publish/Cli/release</c>, which is compiled beforehand and so starts sooner; where that is missing or older than
    /// what was built, the built one, <c>artifacts/bin/Cli/release</c>.
    /// </summary>
    public static string Executable()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var artifacts = here.Parent!.Parent!.Parent!.FullName;
        var built = Path.Combine(artifacts, "bin", "Cli", here.Name);
        var published = Path.Combine(artifacts, "publish", "Cli", here.Name);
        var current = Directory.GetFiles(built, "*.dll").Where(f => Path.GetFileName(f).StartsWith("yunnao", StringComparison.OrdinalIgnoreCase)).All(f => File.GetLastWriteTimeUtc(Path.Combine(published, Path.GetFileName(f))) >= File.GetLastWriteTimeUtc(f));
        return Path.Combine(current ? published : built, OperatingSystem.IsWindows() ? "yunnao.exe" : "yunnao");
    }
}
