using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Feeds;

/// <summary>Programs of others that tests run beside ours, each in a folder of its own and on this machine only.</summary>
internal static class PeerProcess
{
    /// <summary>Path of a program, or skips the test and says how to get it.</summary>
    public static string Find(string name, params string[] folders)
    {
        var found = folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).Concat(["/usr/sbin", "/usr/bin"])
            .Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
        if (found is null) Assert.Skip($"{name} is not installed: bash tests/install-peers");
        return found;
    }

    /// <summary>Runs a program to its end; throws what it says when it fails.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {output} {error.GetAwaiter().GetResult()}");
    }

    /// <summary>Starts a program and returns when it listens at a port.</summary>
    public static Process Serve(int port, string program, params string[] arguments) =>
        Listening(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!, port, program);

    /// <summary>Returns when a program listens at a port; what it says is read, and its last words are told when it does not.</summary>
    public static Process Listening(Process process, int port, string program)
    {
        var words = new ConcurrentQueue<string>();
        process.OutputDataReceived += (_, said) => Keep(said.Data);
        process.ErrorDataReceived += (_, said) => Keep(said.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var i = 0; i < 600 && !process.HasExited; i++)
        {
            try
            {
                using var probe = new TcpClient();
                probe.Connect(IPAddress.Loopback, port);
                return process;
            }
            catch (SocketException)
            {
                Thread.Sleep(100);
            }
        }

        process.Kill(entireProcessTree: true);
        throw new InvalidOperationException($"{program} does not listen. {string.Join('\n', words)}");

        void Keep(string? line)
        {
            if (line is null) return;
            words.Enqueue(line);
            if (words.Count > 20) words.TryDequeue(out _);
        }
    }
}
