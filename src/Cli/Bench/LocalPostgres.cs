using System.Diagnostics;
using Npgsql;
using Yunnao.Kernel;

namespace Yunnao.Cli.Bench;

/// <summary>A PostgreSQL of its own beside a benchmark: a new cluster in a folder, on a port of this machine, gone at the end.</summary>
internal sealed class LocalPostgres : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _server;

    private LocalPostgres(Process server, string connection) => (_server, Connection) = (server, connection);

    /// <summary>How to connect.</summary>
    public string Connection { get; }

    /// <summary>Makes and starts a server. Problem: <c>bench.client</c>.</summary>
    public static async Task<Result<LocalPostgres>> StartAsync(string folder, CancellationToken cancellation)
    {
        var binaries = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")).FirstOrDefault() : null;
        if (binaries is null) return Missing("PostgreSQL is not installed.");
        var (data, port) = (Path.Combine(folder, "pg"), Demo.DemoServer.FreePort(8600));

        // A cluster of an earlier run in the same folder: initdb takes an empty folder only.
        if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
        Directory.CreateDirectory(data);

        // It refuses to run as root: then it runs as the account that its package has made.
        string[] account = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];
        if (account.Length > 0)
        {
            if (await RunAsync(["chmod", "o+x", folder], cancellation).ConfigureAwait(false) != 0 || await RunAsync(["chown", "-R", "postgres", data], cancellation).ConfigureAwait(false) != 0) return Missing("The folder cannot be given to the account of PostgreSQL.");
        }

        if (await RunAsync([.. account, Path.Combine(binaries, "initdb"), "-D", data, "-U", "bench", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"], cancellation).ConfigureAwait(false) != 0) return Missing("initdb failed.");
        var server = Start([.. account, Path.Combine(binaries, "postgres"), "-D", data, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB"]);
        var connection = $"Host=127.0.0.1;Port={port};Username=bench;Database=postgres;Maximum Pool Size=64;Max Auto Prepare=20;Auto Prepare Min Usages=2";
        var clock = Stopwatch.StartNew();
        while (!server.HasExited && clock.Elapsed < s_patience)
        {
            try
            {
                var opened = new NpgsqlConnection(connection);
                await using (opened.ConfigureAwait(false)) await opened.OpenAsync(cancellation).ConfigureAwait(false);
                return new LocalPostgres(server, connection);
            }
            catch (NpgsqlException)
            {
                await Task.Delay(100, cancellation).ConfigureAwait(false);
            }
        }

        server.Kill(entireProcessTree: true);
        return Missing("PostgreSQL does not start.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
    }

    private static Process Start(string[] line)
    {
        var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<int> RunAsync(string[] line, CancellationToken cancellation)
    {
        using var process = Start(line);
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return process.ExitCode;
    }

    private static Problem Missing(Sentence message) => new(ProblemKind.Unavailable, "bench.client", $"{message} bash tests/install-peers installs it.");
}
