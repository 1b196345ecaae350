using System.Data.Common;
using System.Diagnostics;
using MySqlConnector;
using Npgsql;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Feeds;

/// <summary>A real PostgreSQL and a real MariaDB, each started when a test first asks for it; and the ODBC driver to the first.</summary>
public sealed class DatabaseServers : IDisposable
{
    public const string Password = "Secret-7Q";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("yunnao-db-");
    private readonly Lock _starting = new();
    private Process? _postgres;
    private Process? _mariaDb;
    private int _postgresPort;
    private int _mariaDbPort;
    private int _databases;

    /// <summary>An empty database of a kind: how a feed connects to it (without the password), and an open connection.</summary>
    internal (string Connection, DbConnection Open) Make(string kind)
    {
        lock (_starting)
        {
            var name = $"d{++_databases}";
            switch (kind)
            {
                case "mysql":
                    StartMariaDb();
                    Execute(new MySqlConnection($"Server=127.0.0.1;Port={_mariaDbPort};User ID=app;Password={Password}"), $"CREATE DATABASE {name} CHARACTER SET utf8mb4").Dispose();
                    var mySql = $"Server=127.0.0.1;Port={_mariaDbPort};User ID=app;Database={name}";
                    return (mySql, Opened(new MySqlConnection($"{mySql};Password={Password}")));
                default:
                    StartPostgres();
                    if (kind == "odbc" && !PeerProcess.Run(PeerProcess.Find("odbcinst"), "-q", "-d").Contains("PostgreSQL Unicode", StringComparison.Ordinal))
                        Assert.Skip("The ODBC driver of PostgreSQL is not installed: bash tests/install-peers");
                    Execute(new NpgsqlConnection($"Host=127.0.0.1;Port={_postgresPort};Username=app;Database=postgres;Password={Password};Pooling=false"), $"CREATE DATABASE {name}").Dispose();
                    var postgres = $"Host=127.0.0.1;Port={_postgresPort};Username=app;Database={name}";
                    var odbc = $"Driver={{PostgreSQL Unicode}};Server=127.0.0.1;Port={_postgresPort};Database={name};UID=app;UseDeclareFetch=1;Fetch=500";
                    return (kind == "odbc" ? odbc : postgres, Opened(new NpgsqlConnection($"{postgres};Password={Password};Pooling=false")));
            }
        }
    }

    internal static DbConnection Execute(DbConnection connection, string sql)
    {
        if (connection.State != System.Data.ConnectionState.Open) connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
        return connection;
    }

    public void Dispose()
    {
        foreach (var process in (Process?[])[_postgres, _mariaDb])
        {
            if (process is null) continue;
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        if (Directory.Exists(PostgresData) && File.Exists(Path.Combine(PostgresData, "postmaster.pid"))) Thread.Sleep(500);
        Directory.Delete(_folder.FullName, recursive: true);
    }

    private string PostgresData => Path.Combine(_folder.FullName, "pg");

    private static DbConnection Opened(DbConnection connection)
    {
        connection.Open();
        return connection;
    }

    /// <summary>PostgreSQL refuses to run as root: then it runs as the account that its package has made.</summary>
    private void StartPostgres()
    {
        if (_postgres is not null) return;
        var binaries = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).ToArray() : [];
        var (init, server) = (PeerProcess.Find("initdb", binaries), PeerProcess.Find("postgres", binaries));
        _postgresPort = PeerProcess.FreePort();
        var secret = Path.Combine(_folder.FullName, "pg.password");
        File.WriteAllText(secret, Password);
        string[] account = Environment.UserName == "root" ? ["-u", "postgres", "--"] : [];
        if (account.Length > 0) PeerProcess.Run("chown", "-R", "postgres", _folder.FullName);
        string[] initialise = [init, "-D", PostgresData, "-U", "app", "--auth=scram-sha-256", $"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        string[] serve = [server, "-D", PostgresData, "-p", $"{_postgresPort}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"];
        if (account.Length > 0)
        {
            PeerProcess.Run("runuser", [.. account, .. initialise]);
            _postgres = PeerProcess.Serve(_postgresPort, "runuser", [.. account, .. serve]);
        }
        else
        {
            PeerProcess.Run(initialise[0], initialise[1..]);
            _postgres = PeerProcess.Serve(_postgresPort, serve[0], serve[1..]);
        }
    }

    private void StartMariaDb()
    {
        if (_mariaDb is not null) return;
        var (install, server) = (PeerProcess.Find("mariadb-install-db"), PeerProcess.Find("mariadbd"));
        _mariaDbPort = PeerProcess.FreePort();
        var (data, account) = (Path.Combine(_folder.FullName, "maria"), Environment.UserName);
        PeerProcess.Run(install, "--no-defaults", $"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db", $"--user={account}");
        _mariaDb = PeerProcess.Serve(
            _mariaDbPort, server, "--no-defaults", $"--datadir={data}", $"--port={_mariaDbPort}", "--bind-address=127.0.0.1", $"--socket={Path.Combine(_folder.FullName, "maria.sock")}",
            $"--user={account}", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin");
        Execute(new MySqlConnection($"Server=127.0.0.1;Port={_mariaDbPort};User ID=root"), $"CREATE USER app IDENTIFIED BY '{Password}'; GRANT ALL ON *.* TO app").Dispose();
    }
}
