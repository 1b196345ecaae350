using System.Diagnostics;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Programs of others, run beside ours. A test whose program is missing is skipped.</summary>
internal static class Peer
{
    /// <summary>Runs a program to its end; gives its exit code and all that it printed.</summary>
    public static async Task<(int ExitCode, string Output)> Run(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(late.Token);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Runs a program that must succeed.</summary>
    public static async Task<string> Must(string program, params string[] arguments)
    {
        var (code, output) = await Run(program, arguments);
        Assert.True(code == 0, $"{program} ended with {code}:\n{output}");
        return output;
    }

    /// <summary>Starts a program; skips the test where it is not installed.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        var path = Find(program);
        if (path is null) Assert.Skip($"{program} is not installed: run tests/install-peers");
        return Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
}
