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
    private Process? _clickHouse;
    private string[] _servePostgres = [];
    private string[] _serveMariaDb = [];
    private string[] _serveClickHouse = [];
    private SmallDisk? _small;
    private int _clickHousePort;
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
        foreach (var process in (Process?[])[_postgres, _mariaDb, _clickHouse])
        {
            if (process is null) continue;
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        _small?.Dispose();
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
        _postgresPort = Ports.Free();
        var secret = Path.Combine(_folder.FullName, "pg.password");
        File.WriteAllText(secret, Password);
        if (Account.Length > 0) PeerProcess.Run("chown", "-R", "postgres", _folder.FullName);
        string[] initialise = [init, "-D", PostgresData, "-U", "app", "--auth=scram-sha-256", $"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        string[] all = [.. Account, .. initialise];
        PeerProcess.Run(all[0], all[1..]);
        _servePostgres = [.. Account, server, "-D", PostgresData, "-p", $"{_postgresPort}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"];
        ServePostgres();
    }

    /// <summary>What a command line that is to run as PostgreSQL's account begins with.</summary>
    private static string[] Account => Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];

    /// <summary>It listens before it takes connections.</summary>
    private void ServePostgres()
    {
        _postgres = PeerProcess.Serve(_postgresPort, _servePostgres[0], _servePostgres[1..]);
        Ready(() => new NpgsqlConnection($"Host=127.0.0.1;Port={_postgresPort};Username=app;Database=postgres;Password={Password};Pooling=false"));
    }

    private void ServeMariaDb()
    {
        _mariaDb = PeerProcess.Serve(_mariaDbPort, _serveMariaDb[0], _serveMariaDb[1..]);
        Ready(() => new MySqlConnection($"Server=127.0.0.1;Port={_mariaDbPort};User ID=root;Pooling=false"));
    }

    /// <summary>Kills the server of a kind with all its processes (SIGKILL), and starts it again.</summary>
    internal void Crash(string kind)
    {
        switch (kind)
        {
            case "mysql": CrashMariaDb(); break;
            case "clickhouse": CrashClickHouse(); break;
            default: CrashPostgres(); break;
        }
    }

    private void CrashClickHouse()
    {
        using (var crashed = _clickHouse!)
        {
            _clickHouse = null;
            crashed.Kill(entireProcessTree: true);
            crashed.WaitForExit();
        }

        ServeClickHouse();
    }

    private void CrashMariaDb()
    {
        using (var crashed = _mariaDb!)
        {
            _mariaDb = null;
            crashed.Kill(entireProcessTree: true);
            crashed.WaitForExit();
        }

        // It reads its log again before it takes connections.
        ServeMariaDb();
    }

    /// <summary>Kills PostgreSQL with all its processes (SIGKILL), and starts it again.</summary>
    internal void CrashPostgres()
    {
        using (var crashed = _postgres!)
        {
            _postgres = null;
            crashed.Kill(entireProcessTree: true);
            crashed.WaitForExit();
        }

        // Its memory and its port are free a while after its last process has ended: longer on a busy machine.
        var patience = Stopwatch.StartNew();
        while (_postgres is null)
        {
            Thread.Sleep(500);
            try
            {
                ServePostgres();
            }
            catch (InvalidOperationException) when (patience.Elapsed < TimeSpan.FromMinutes(1))
            {
                // Not yet.
            }
        }
    }

    /// <summary>Returns when a server has read its log and takes connections.</summary>
    private static void Ready(Func<DbConnection> connection)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Opened(connection()).Dispose();
                return;
            }
            catch (DbException) when (attempt < 300)
            {
                Thread.Sleep(100);
            }
        }
    }

    /// <summary>A place of a few megabytes in the memory for tables of PostgreSQL, which is full soon; skips the test where none can be made.</summary>
    internal string MakeSmallTablespace(int megabytes)
    {
        StartPostgres();
        var place = Directory.CreateDirectory(Path.Combine(_folder.FullName, "small")).FullName;
        _small = new(place, megabytes);
        PeerProcess.Run("chown", "postgres", place);
        Execute(new NpgsqlConnection($"Host=127.0.0.1;Port={_postgresPort};Username=app;Database=postgres;Password={Password};Pooling=false"), $"CREATE TABLESPACE small LOCATION '{place}'").Dispose();
        return "small";
    }

    /// <summary>Gives that place room: a server that crashed writes there again what its log holds.</summary>
    internal void GiveRoom() => _small!.Resize(64);

    /// <summary>An empty database of a real ClickHouse: how a target connects to it, and how it is asked.</summary>
    internal (string Connection, Func<string, string> Ask) MakeClickHouse()
    {
        lock (_starting)
        {
            if (_clickHouse is null) StartClickHouse();
            var name = $"d{++_databases}";
            string Ask(string sql, string database)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_clickHousePort}/?database={database}") { Content = new StringContent(sql) };
                using var http = new HttpClient();
                request.Headers.Add("X-ClickHouse-User", "app");
                request.Headers.Add("X-ClickHouse-Key", Password);
                using var answer = http.Send(request);
                using var reader = new StreamReader(answer.Content.ReadAsStream());
                var text = reader.ReadToEnd();
                return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException(text);
            }

            Ask($"CREATE DATABASE {name} ENGINE = Atomic", "default");
            return ($"Host=127.0.0.1;Port={_clickHousePort};Username=app;Database={name}", sql => Ask(sql, name));
        }
    }

    /// <summary>A node that install-peers made of the library of ClickHouse: clickhouse local with its listeners, which ends when its standard input does.</summary>
    private void StartClickHouse()
    {
        var peers = Path.Combine(Repository.Root, "artifacts", "peers", "clickhouse");
        var node = PeerProcess.Find("clickhouse-node", peers);
        _clickHousePort = Ports.Free();
        var (data, users, settings) = (Path.Combine(_folder.FullName, "ch"), Path.Combine(_folder.FullName, "ch-users.xml"), Path.Combine(_folder.FullName, "ch.xml"));
        File.WriteAllText(users, $"<clickhouse><profiles><default/></profiles><users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default><app><password>{Password}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></app></users><quotas><default/></quotas></clickhouse>");
        File.WriteAllText(settings, $"<clickhouse><users_config>{users}</users_config><max_server_memory_usage>1500000000</max_server_memory_usage><logger><level>error</level><log>{data}.log</log></logger></clickhouse>");
        _serveClickHouse = [
            node, $"--config-file={settings}", $"--path={data}", $"--http_port={_clickHousePort}", "--listen_host=127.0.0.1", "--history_file=/dev/null", "--interactive", "--query", "SYSTEM START LISTEN HTTP"];
        ServeClickHouse();
    }

    private void ServeClickHouse()
    {
        var start = new ProcessStartInfo(_serveClickHouse[0], _serveClickHouse[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CHDB_LIB"] = Path.Combine(Path.GetDirectoryName(_serveClickHouse[0])!, "package", "libchdb.so");
        _clickHouse = PeerProcess.Listening(Process.Start(start)!, _clickHousePort, _serveClickHouse[0]);
    }

    private void StartMariaDb()
    {
        if (_mariaDb is not null) return;
        var (install, server) = (PeerProcess.Find("mariadb-install-db"), PeerProcess.Find("mariadbd"));
        _mariaDbPort = Ports.Free();
        var (data, account) = (Path.Combine(_folder.FullName, "maria"), Environment.UserName);
        PeerProcess.Run(install, "--no-defaults", $"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db", $"--user={account}");
        _serveMariaDb = [
            server, "--no-defaults", $"--datadir={data}", $"--port={_mariaDbPort}", "--bind-address=127.0.0.1", $"--socket={Path.Combine(_folder.FullName, "maria.sock")}",
            $"--user={account}", "--innodb-flush-log-at-trx-commit=2", "--skip-log-bin"];
        ServeMariaDb();
        Execute(new MySqlConnection($"Server=127.0.0.1;Port={_mariaDbPort};User ID=root"), $"CREATE USER app IDENTIFIED BY '{Password}'; GRANT ALL ON *.* TO app").Dispose();
    }
}
