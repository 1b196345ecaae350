using System.Diagnostics;
using Npgsql;

namespace Yunnao.Tests.Engines.Trust;

/// <summary>A PostgreSQL server of the tests' own: in a temporary folder, reached by a socket, stopped when the tests end.</summary>
internal static class PrivatePostgreSql
{
    private static readonly Lazy<string?> s_folder = new(Start);
    private static Action? s_stop;

    public static void Stop() => s_stop?.Invoke();

    public const string HowToGet = "No PostgreSQL 15 or later here: tests/install-peers installs it.";

    /// <summary>The connection string of a new empty database, or null where there is no server to be had.</summary>
    public static string? NewDatabase()
    {
        if (s_folder.Value is not { } folder) return null;
        var name = $"t{Guid.NewGuid():N}";
        using var connection = new NpgsqlConnection(Text(folder, "postgres"));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        command.ExecuteNonQuery();
        return Text(folder, name);
    }

    private static string Text(string folder, string database) => $"Host={folder};Username=postgres;Database={database};Maximum Pool Size=20";

    private static string? Start()
    {
        const string Root = "/usr/lib/postgresql";
        if (!Directory.Exists(Root)) return null;
        var bin = Directory.GetDirectories(Root).Select(d => Path.Combine(d, "bin")).LastOrDefault(b => File.Exists(Path.Combine(b, "initdb")));
        if (bin is null) return null;
        var folder = Directory.CreateTempSubdirectory("yunnao-pg-").FullName;
        var data = Path.Combine(folder, "data");

        // The server refuses to run as root.
        var asRoot = Environment.UserName == "root";
        if (asRoot) Run("chown", ["postgres", folder]);
        AsServer([Path.Combine(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]);
        AsServer([
            Path.Combine(bin, "pg_ctl"), "-D", data, "-w", "-l", Path.Combine(folder, "log"),
            "-o", $"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200", "start"]);
        s_stop = () =>
        {
            AsServer([Path.Combine(bin, "pg_ctl"), "-D", data, "-m", "immediate", "stop"]);
            Directory.Delete(folder, recursive: true);
        };
        return folder;

        void AsServer(string[] command)
        {
            if (asRoot) Run("runuser", ["-u", "postgres", "--", .. command]);
            else Run(command[0], command[1..]);
        }
    }

    private static void Run(string file, string[] arguments)
    {
        // Not redirected: the server would inherit the pipe and keep it open.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", file, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{file} ended with {process.ExitCode}.");
    }
}
