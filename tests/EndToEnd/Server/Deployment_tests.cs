using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Xunit;
using Yunnao.Server.Accounts;
using Yunnao.Standards.Loading;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The program as operators run it: with TLS, under systemd, watched by Prometheus and by a collector of OpenTelemetry.</summary>
public sealed class Deployment_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-deploy-").FullName;
    private readonly string _standards, _data;
    private readonly int _port = Ports.Free();

    public Deployment_tests()
    {
        (_standards, _data) = (Path.Combine(_folder, "standards"), Path.Combine(_folder, "data"));
        SmallRegistry.Write(_standards);
        SmallPolicies.Write(_standards);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task With_a_certificate_it_speaks_tls_only_and_a_client_that_does_not_know_it_refuses()
    {
        using var certificate = SelfSigned();
        var file = Path.Combine(_folder, "server.pem");
        await File.WriteAllTextAsync(file, $"{certificate.ExportCertificatePem()}\n{certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        using var knowing = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, SslOptions = Trusting(certificate) }) { BaseAddress = new($"https://127.0.0.1:{_port}/") };
        await using var server = await ServerProcess.StartAsync(_standards, _data, _port, ready: knowing, more: ["--certificate", file]);

        using var stranger = new HttpClient { BaseAddress = knowing.BaseAddress };
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync("healthz"));
        Assert.Equal(HttpRequestError.SecureConnectionError, refused.HttpRequestError);
        using var plain = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_port}/") };
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync("healthz"));

        using var page = await knowing.GetAsync("account/sign-in");
        Assert.Equal("max-age=31536000", page.Headers.GetValues("Strict-Transport-Security").Single());
        Assert.All(page.Headers.GetValues("Set-Cookie"), c => Assert.Contains("secure", c, StringComparison.OrdinalIgnoreCase));
        var description = await knowing.GetFromJsonAsync<JsonElement>(".well-known/openid-configuration");
        Assert.Equal($"https://127.0.0.1:{_port}/", description.GetProperty("issuer").GetString());
        Assert.DoesNotContain("BEGIN", server.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--address", "0.0.0.0", "serve.no-tls")]
    [InlineData("--address", "not-an-address", "serve.address")]
    [InlineData("--certificate", "missing.pem", "serve.certificate")]
    [InlineData("--config", "missing.json", "serve.config")]
    [InlineData("--port", "70000", "serve.options")]
    public async Task What_would_not_be_safe_or_cannot_be_is_refused_before_anything_is_opened(string option, string value, string code)
    {
        var (exit, _, error) = await YunnaoProcess.Run("serve", "--standards", _standards, "--data", _data, "--lang", "en", option, value);
        Assert.NotEqual(0, exit);
        Assert.Contains(code, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_data));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_so()
    {
        using var listener = new TcpListener(IPAddress.Loopback, _port);
        listener.Start();
        var (exit, _, error) = await YunnaoProcess.Run("serve", "--standards", _standards, "--data", _data, "--port", $"{_port}", "--lang", "en");
        Assert.NotEqual(0, exit);
        Assert.Contains("serve.port", error, StringComparison.Ordinal);
        Assert.Contains($"{_port}", error, StringComparison.Ordinal);
    }

    /// <summary>A shell that is called systemd starts the program, as that does; the messages of sd_notify(3) come to a socket of ours.</summary>
    [Fact]
    public async Task Systemd_is_told_when_it_is_ready_and_when_it_stops()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is of Linux");
        var (parent, path) = (Path.Combine(_folder, "systemd"), Path.Combine(_folder, "notify"));
        File.Copy(new[] { "/bin/bash", "/bin/sh" }.First(File.Exists), parent);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        socket.Bind(new UnixDomainSocketEndPoint(path));
        await using var server = await ServerProcess.StartAsync(_standards, _data, _port, new() { ["NOTIFY_SOCKET"] = path }, parent: parent);
        Assert.Contains("READY=1", Told(socket), StringComparison.Ordinal);
        await server.StopAsync();
        Assert.Contains("STOPPING=1", Told(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Measures_and_traces_reach_prometheus_and_a_collector_and_hold_nothing_that_was_asked_for()
    {
        const string Asked = "Zhang-San-4201";
        var secret = "";
        var room = (await AccountsRoom.OpenAsync(new() { Folder = _data, Standards = _standards }, RegistryLoader.Load(_standards).Registry!, default)).Value;
        await using (room)
        {
            secret = (await room.ApplicationsAsync(d => d.CreateAsync(new("watcher", null, ["system_administrator"], [], []), "test", default))).Value.Secret!;
        }

        using var collector = new Collector();
        var variables = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_METRIC_EXPORT_INTERVAL"] = "500", ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        };
        await using var server = await ServerProcess.StartAsync(_standards, _data, _port, variables);
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_port}/") };
        using var unseen = await http.GetAsync("metrics");
        Assert.Equal(HttpStatusCode.Unauthorized, unseen.StatusCode);
        using var answer = await http.PostAsync("connect/token", TestServer.Form(("grant_type", "client_credentials"), ("client_id", "watcher"), ("client_secret", secret), ("scope", "yunnao")));
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        using var batches = await http.GetAsync($"api/v1/batches?most=3&x={Asked}");
        Assert.Equal(HttpStatusCode.OK, batches.StatusCode);

        var text = await http.GetStringAsync("metrics");
        Assert.Matches(@"(?m)^# TYPE http_server_request_duration_seconds histogram$", text);
        Assert.Matches(@"(?m)^http_server_request_duration_seconds_count\{[^}]*http_route=""/?api/v1/batches/?""[^}]*\} \d+", text);
        Assert.DoesNotContain(Asked, text, StringComparison.Ordinal);

        var metrics = await collector.WaitAsync("/v1/metrics", "http.server.request.duration");
        var traces = await collector.WaitAsync("/v1/traces", "api/v1/batches");
        Assert.DoesNotContain(Asked, metrics + traces, StringComparison.Ordinal);
        Assert.DoesNotContain(Asked, server.Printed, StringComparison.Ordinal);
    }

    private static string Told(Socket socket)
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=yunnao-test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
    }

    private static SslClientAuthenticationOptions Trusting(X509Certificate2 root) => new()
    {
        CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { X509CertificateLoader.LoadCertificate(root.RawData) }, RevocationMode = X509RevocationMode.NoCheck },
    };

    /// <summary>A collector that keeps what OTLP over HTTP brings it.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentQueue<(string Path, string Body)> _got = new();

        public Collector()
        {
            Address = $"http://127.0.0.1:{Ports.Free()}/";
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = Task.Run(ListenAsync);
        }

        public string Address { get; }

        /// <summary>All that came to a path, once it holds a word.</summary>
        public async Task<string> WaitAsync(string path, string word)
        {
            for (var i = 0; i < 600; i++)
            {
                var all = string.Concat(_got.Where(g => g.Path == path).Select(g => g.Body));
                if (all.Contains(word, StringComparison.Ordinal)) return all;
                await Task.Delay(100);
            }

            throw new TimeoutException($"{path} brought no {word}.");
        }

        public void Dispose() => _listener.Close();

        private async Task ListenAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    _got.Enqueue((context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray())));
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The end.
            }
        }
    }
}
