using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Requests that want more than they may: by SQL, paths, headers, other people's ids, size, slowness and number.</summary>
public sealed class Request_attack_tests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("SELECT * FROM lab.result; DROP TABLE lab.result")]
    [InlineData("DROP TABLE lab.result")]
    [InlineData("INSERT INTO lab.result SELECT * FROM lab.result")]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')")]
    [InlineData("SELECT * FROM '/etc/passwd'")]
    [InlineData("COPY lab.result TO '/tmp/stolen.csv'")]
    [InlineData("ATTACH '/tmp/x.db'")]
    [InlineData("PRAGMA database_list")]
    [InlineData("SELECT * FROM duckdb_settings()")]
    [InlineData("SELECT getenv('HOME')")]
    [InlineData("SELECT * FROM ops.quarantine")]
    [InlineData("SELECT * FROM information_schema.tables")]
    [InlineData("WITH x AS (SELECT * FROM ops.batch) SELECT * FROM x")]
    public async Task Sql_that_is_more_than_a_question_to_data_sets_is_refused(string sql)
    {
        using var answer = await server.CallAsync(HttpMethod.Post, "api/v1/query", await server.TokenAsync("data_engineer"), JsonContent.Create(new { purpose = "quality", sql }));
        Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity, $"{answer.StatusCode}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var count = await server.JsonAsync(HttpMethod.Post, "api/v1/query", "data_engineer", new { purpose = "quality", sql = "SELECT count(*) AS n FROM lab.result" });
        Assert.True(count.GetProperty("rows")[0].GetProperty("n").GetInt32() >= 138);
    }

    [Theory]
    [InlineData("x' OR '1'='1")]
    [InlineData("x'; DROP TABLE ops.quarantine; --")]
    [InlineData("%27%20OR%201%3D1")]
    public async Task A_filter_is_a_value_and_never_sql(string value)
    {
        var found = await server.JsonAsync(HttpMethod.Get, $"api/v1/quarantine/rows?data_set={Uri.EscapeDataString(value)}", "data_engineer");
        Assert.Equal(0, found.GetProperty("rows").GetArrayLength());
        var tree = new { purpose = "quality", query = new { data_set = "lab.result", outputs = new[] { new { aggregate = "count" } }, where = new { name = "item_code", op = "=", value } } };
        Assert.Equal(0, (await server.JsonAsync(HttpMethod.Post, "api/v1/query", "data_engineer", tree)).GetProperty("rows")[0].GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("..\\..\\keys")]
    [InlineData("lab\r\nX-Injected: 1.csv")]
    [InlineData("..")]
    [InlineData("")]
    public async Task A_name_with_folders_or_controls_is_refused(string name)
    {
        using var answer = await server.CallAsync(HttpMethod.Post, $"api/v1/batches?source=plain&name={Uri.EscapeDataString(name)}", await server.TokenAsync("data_engineer"), new StringContent("x"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("ingest.bad-name", await TestServer.CodeAsync(answer));
        Assert.False(answer.Headers.Contains("X-Injected"));
    }

    [Theory]
    [InlineData("GET /api/v1/../../etc/passwd HTTP/1.1")]
    [InlineData("GET /reference/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1")]
    [InlineData("GET /account/page.css/..%5c..%5cmaster.key HTTP/1.1")]
    public async Task A_path_leads_to_no_file(string line)
    {
        var answer = await RawAsync($"{line}\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 (400|401|404)", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/account\r\nSet-Cookie: x=1")]
    public async Task Nobody_is_led_elsewhere_after_signing_in(string address)
    {
        var page = await server.Http.GetStringAsync($"account/sign-in?return={Uri.EscapeDataString(address)}");
        Assert.Contains("name=\"return\" value=\"/account\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_caller_sends_is_never_markup()
    {
        var page = await server.Http.GetStringAsync("account/sign-in?x=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&lang=en");
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_application_of_one_hospital_sees_no_row_of_another()
    {
        var rows = await server.JsonAsync(HttpMethod.Post, "api/v1/query", "application", new { purpose = "care", sql = "SELECT _org, count(*) AS n FROM lab.result GROUP BY 1" });
        var row = Assert.Single(rows.GetProperty("rows").EnumerateArray());
        Assert.Equal("H1", row.GetProperty("_org").GetString());
        using var asked = await server.CallAsync(HttpMethod.Post, "api/v1/query", await server.TokenAsync("application"), JsonContent.Create(new
        {
            purpose = "care",
            query = new { data_set = "lab.result", outputs = new object[] { new { aggregate = "count" } }, where = new { name = "_org", op = "=", value = "H2" } },
        }));
        Assert.Equal(0, (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rows")[0].GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task The_job_of_another_is_not_seen_followed_or_stopped()
    {
        using var sent = await server.CallAsync(HttpMethod.Post, "api/v1/batches?source=plain&name=lab-x.csv", await server.TokenAsync("data_engineer"), new StringContent(TestServer.LabFile(3, report: "X")));
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        var id = (await sent.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        var other = await server.TokenAsync("doctor");
        foreach (var (method, address) in new[] { (HttpMethod.Get, $"api/v1/jobs/{id}"), (HttpMethod.Get, $"api/v1/jobs/{id}/events"), (HttpMethod.Delete, $"api/v1/jobs/{id}") })
        {
            using var answer = await server.CallAsync(method, address, other);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.Empty((await server.JsonAsync(HttpMethod.Get, "api/v1/jobs", "doctor")).EnumerateArray());
        await server.EndOfJobAsync(id!, "data_engineer");
    }

    [Theory]
    [InlineData("zh", "没有批次 9999。")]
    [InlineData("en", "There is no batch 9999.")]
    public async Task Problems_are_told_in_the_language_of_the_caller(string language, string detail)
    {
        using var answer = await server.CallAsync(HttpMethod.Get, "api/v1/batches/9999", await server.TokenAsync("data_engineer"), language: language);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("batch.unknown", 404), (json.GetProperty("code").GetString(), json.GetProperty("status").GetInt32()));
        Assert.Equal(language == "zh", json.GetProperty("title").GetString()!.Any(c => c > 0x4E00));
        Assert.Equal(detail, json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task What_became_of_a_job_is_told_in_the_language_of_whoever_reads_it()
    {
        var token = await server.TokenAsync("data_engineer");
        using var sent = await server.CallAsync(HttpMethod.Post, "api/v1/batches?source=plain&name=no-such-rule.txt", token, new StringContent("x"));
        var id = (await sent.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        var ended = await server.EndOfJobAsync(id, "data_engineer");
        Assert.Equal("The mapping plain has no rule for a file of this name. Add one under files: in its mapping file.", ended.GetProperty("outcome").GetProperty("detail").GetString());
        foreach (var address in (string[])[$"api/v1/jobs/{id}", $"api/v1/jobs/{id}/events", "api/v1/jobs"])
        {
            using var chinese = await server.CallAsync(HttpMethod.Get, address, token, language: "zh-CN");
            Assert.Contains("\"detail\":\"映射 plain 没有适用于该文件名的规则。", await chinese.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"purpose\": 5}")]
    [InlineData("{\"purpose\": \"quality\"}")]
    [InlineData("{\"purpose\": \"quality\", \"query\": {\"data_set\": \"lab.result\", \"where\": {\"name\": \"item_code\", \"like\": \"x\"}}}")]
    public async Task A_body_that_is_no_question_is_refused_with_a_problem(string body)
    {
        using var answer = await server.CallAsync(HttpMethod.Post, "api/v1/query", await server.TokenAsync("data_engineer"), new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_giant_body_is_refused_before_it_is_read()
    {
        using var content = new ByteArrayContent(new byte[8 << 20]);
        content.Headers.ContentType = new("application/json");
        try
        {
            using var answer = await server.CallAsync(HttpMethod.Post, "api/v1/query", await server.TokenAsync("data_engineer"), content);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The server closed the connection while we were still sending.
        }
    }

    [Fact]
    public async Task Giant_heads_are_refused()
    {
        Assert.Matches("^HTTP/1.1 4(31|00)", await RawAsync($"GET / HTTP/1.1\r\nHost: x\r\nX-Long: {new string('a', 64 << 10)}\r\n\r\n"));
        Assert.Matches("^HTTP/1.1 414", await RawAsync($"GET /{new string('a', 16 << 10)} HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    /// <summary>Clients that never finish their head are let go, and whoever comes meanwhile is answered.</summary>
    [Fact]
    public async Task A_thousand_slow_clients_keep_nobody_out_and_are_let_go()
    {
        var slow = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, server.Url.Port);
                await client.GetStream().WriteAsync("GET /healthz HTTP/1.1\r\nHost:"u8.ToArray());
                slow.Add(client);
            }

            Assert.Equal("Healthy", await server.Http.GetStringAsync("healthz"));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var answer = new byte[256];
            var read = await slow[0].GetStream().ReadAsync(answer, limit.Token);
            Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
        }
        finally
        {
            slow.ForEach(c => c.Dispose());
        }
    }

    /// <summary>The server is a process of its own, so that each end of the connections counts against its own limit of descriptors.</summary>
    [Fact]
    public async Task Ten_thousand_connections_are_held_and_all_are_answered()
    {
        const int Connections = 10_000;
        var port = Ports.Free();
        await using var process = await ServerProcess.StartAsync(server.Standards, Path.Combine(server.Options.Folder, "..", "held"), port);
        var held = new TcpClient[Connections];
        try
        {
            try
            {
                await Parallel.ForAsync(0, Connections, new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (i, cancellation) =>
                {
                    held[i] = new TcpClient();
                    await held[i].ConnectAsync(IPAddress.Loopback, port, cancellation);
                });
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets)
            {
                Assert.Skip($"{Connections} connections need as many file descriptors (ulimit -n)");
            }

            // All are open; now each asks, keeps its connection, and is answered.
            var answered = 0;
            await Parallel.ForAsync(0, Connections, new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (i, cancellation) =>
            {
                var (stream, answer) = (held[i].GetStream(), new byte[1024]);
                await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), cancellation);
                var read = await stream.ReadAsync(answer, cancellation);
                if (Encoding.ASCII.GetString(answer, 0, read).StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) Interlocked.Increment(ref answered);
            });
            Assert.Equal(Connections, answered);
            using var late = new HttpClient();
            Assert.Equal("Healthy", await late.GetStringAsync($"http://127.0.0.1:{port}/healthz"));
        }
        finally
        {
            foreach (var client in held) client?.Dispose();
        }
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_let_go_and_those_within_are_answered()
    {
        await using var few = new TestServer(null, o => o.MostConnections = 20);
        await few.InitializeAsync();
        var held = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 60; i++)
            {
                held.Add(new TcpClient());
                await held[^1].ConnectAsync(IPAddress.Loopback, few.Url.Port);
            }

            var answered = 0;
            foreach (var client in held)
            {
                try
                {
                    var answer = new byte[64];
                    await client.GetStream().WriteAsync("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
                    if (await client.GetStream().ReadAsync(answer) > 0) answered++;
                }
                catch (IOException)
                {
                    // Let go.
                }
            }

            Assert.InRange(answered, 1, 20);
        }
        finally
        {
            held.ForEach(c => c.Dispose());
        }

        while (true)
        {
            try
            {
                using var after = new HttpClient();
                Assert.Equal("Healthy", await after.GetStringAsync(new Uri(few.Url, "healthz")));
                break;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>A body that trickles in slower than the limit is given up; what was sent so far is no file.</summary>
    [Fact]
    public async Task A_body_that_trickles_is_given_up()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        var (stream, token) = (client.GetStream(), await server.TokenAsync("data_engineer"));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/v1/batches?source=plain&name=slow.csv HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 1000000\r\n\r\n"));
        var trickle = Task.Run(async () =>
        {
            try
            {
                for (var i = 0; i < 300; i++)
                {
                    await stream.WriteAsync("x"u8.ToArray());
                    await Task.Delay(200);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Given up.
            }
        });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answer = new byte[256];
        try
        {
            var read = await stream.ReadAsync(answer, limit.Token);
            Assert.DoesNotContain(" 202 ", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // Cut off, which is as good.
        }

        client.Close();
        await trickle;
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: x\r\nX-A\0: a\r\n\r\n")]
    [InlineData("POST /connect/token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n")]
    [InlineData("POST /connect/token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")]
    public async Task Heads_that_two_readers_could_read_differently_are_refused_or_end_the_connection(string text)
    {
        var answer = await RawAsync(text);
        Assert.True(!answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task The_forwarded_headers_of_a_stranger_are_not_believed()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, ".well-known/openid-configuration");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        request.Headers.Host = "evil.example";
        using var answer = await server.Http.SendAsync(request);
        Assert.DoesNotContain("evil.example", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("GET")]
    public async Task No_other_site_may_call_an_interface(string method)
    {
        var request = new HttpRequestMessage(new(method), "api/v1/batches");
        request.Headers.Add("Origin", "https://evil.example");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");
        using var answer = await server.Http.SendAsync(request);
        Assert.False(answer.IsSuccessStatusCode);
        Assert.DoesNotContain(answer.Headers, h => h.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_right_that_is_taken_back_ends_a_running_answer_within_five_seconds()
    {
        string secret = "";
        await server.WithAccountsAsync(async room => secret = (await room.ApplicationsAsync(d => d.CreateAsync(new("app-leaver", null, ["data_engineer"], [], []), "test", default))).Value.Secret!);
        var token = await server.TokenAsync("app-leaver", secret);
        const string Endless = "SELECT a._record, b._record AS r2, c._record AS r3, d._record AS r4 FROM lab.result a, lab.result b, lab.result c, lab.result d";
        var content = JsonContent.Create(new { purpose = "quality", sql = Endless });
        var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/query") { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        request.Headers.TryAddWithoutValidation("Accept", "application/x-ndjson");
        using var answer = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var reading = Task.Run(async () =>
        {
            var (stream, buffer) = (await answer.Content.ReadAsStreamAsync(), new byte[1 << 16]);
            while (await stream.ReadAsync(buffer) > 0)
            {
            }
        });

        // By another process's way: the command line writes to the control database, the server notices.
        await server.WithAccountsAsync(async room => Assert.Null(await room.ApplicationsAsync(d => d.DeleteAsync("app-leaver", "test", default))));
        var ended = await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(5)));
        Assert.Same(reading, ended);
        await Assert.ThrowsAnyAsync<Exception>(() => reading);
        using var after = await server.CallAsync(HttpMethod.Get, "api/v1/batches", token);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    private async Task<string> RawAsync(string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        }
        catch (IOException)
        {
            // Refused before the end.
        }

        var answer = new byte[1 << 12];
        return Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer));
    }
}
