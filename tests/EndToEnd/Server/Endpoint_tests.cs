using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yunnao.Services.Web;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Every endpoint that the running server has: it needs a right or says that it needs none, and refuses whoever has not the right.</summary>
public sealed class Endpoint_tests(TestServer server) : IClassFixture<TestServer>
{
    /// <summary>What is open to everybody, and why.</summary>
    private static readonly Dictionary<string, string> Open = new()
    {
        ["/healthz"] = "tells that the process lives, and nothing else",
        ["/readyz"] = "tells that it is ready, and nothing else",
        ["/openapi/{documentName}.json"] = "what the interfaces are is no secret",
        ["/reference/{documentName?}"] = "the same as a page",
        ["/reference/scalar.js"] = "the page's script",
        ["/reference/favicon.svg"] = "the page's icon",
        ["/reference/scalar.aspnetcore.js"] = "the page's script",
        ["/fhir/metadata"] = "what FHIR resources there are is no secret",
        ["/fhir/.well-known/smart-configuration"] = "where tokens come from",
        ["/api/v1/exports/key"] = "the public key by which a recipient proves a manifest",
        ["/"] = "leads to the sign-in",
        ["/connect/authorize"] = "OAuth2: leads to the sign-in",
        ["/connect/token"] = "OAuth2: the client shows its secret or its code",
        ["/connect/logout"] = "ends the own session",
        ["/connect/userinfo"] = "OpenIddict verifies the token itself",
        ["/account/page.css"] = "colours",
        ["/account/sign-in"] = "signing in",
        ["/account/second-step"] = "signing in",
    };

    private IEnumerable<RouteEndpoint> Endpoints => server.Ready.Parts!.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    [Fact]
    public void Every_endpoint_needs_a_right_or_is_in_the_list_of_open_ones()
    {
        var all = Endpoints.ToList();
        Assert.True(all.Count > 40);
        foreach (var endpoint in all)
        {
            var pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null) Assert.Contains(pattern, Open.Keys);
            else Assert.True(endpoint.Metadata.GetMetadata<Duty>() is not null || pattern.StartsWith("/account", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null, pattern);
        }
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_token_or_with_a_forged_one()
    {
        foreach (var (method, address, duty) in Guarded())
        {
            using var nobody = await server.CallAsync(method, address, null);
            Assert.True(nobody.StatusCode == HttpStatusCode.Unauthorized, $"{method} {address}: {nobody.StatusCode}");
            using var forged = await server.CallAsync(method, address, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJzeXN0ZW1fYWRtaW5pc3RyYXRvciJ9.");
            Assert.True(forged.StatusCode == HttpStatusCode.Unauthorized, $"{method} {address}: {forged.StatusCode}");
        }
    }

    /// <summary>The matrix of vertical escalation: each role at each endpoint.</summary>
    [Fact]
    public async Task Each_role_gets_in_where_it_holds_the_duty_and_nowhere_else()
    {
        var tried = 0;
        foreach (var role in TestServer.Roles)
        {
            var token = await server.TokenAsync(role);
            foreach (var (method, address, duty) in Guarded())
            {
                var may = duty == Duty.SignedIn || duty.Roles.Contains(role);
                if (may && method != HttpMethod.Get) continue;
                using var answer = await server.CallAsync(method, address, token);
                if (may) Assert.True(answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden), $"{role} {method} {address}: {answer.StatusCode}");
                else
                {
                    Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{role} {method} {address}: {answer.StatusCode}");
                    if (method != HttpMethod.Head) Assert.Equal("rights.duty", await TestServer.CodeAsync(answer));
                }

                tried++;
            }
        }

        Assert.True(tried > 250, $"{tried}");
    }

    [Fact]
    public async Task Pages_of_an_account_lead_strangers_to_the_sign_in()
    {
        foreach (var address in new[] { "account", "account/password", "account/second-step/set-up" })
        {
            using var answer = await server.CallAsync(HttpMethod.Get, address, null);
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
            Assert.Contains("/account/sign-in", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_role_of_an_administrator_reads_data_and_no_worker_administers()
    {
        foreach (var duty in new[] { Duty.Query, Duty.ReadQuarantine, Duty.LoadBatches, Duty.DecideAlarms })
            Assert.DoesNotContain(duty.Roles, r => r.EndsWith("_administrator", StringComparison.Ordinal));
        Assert.Equal(["system_administrator"], Duty.ManageAccounts.Roles);
        Assert.Equal(["security_administrator"], Duty.GrantRoles.Roles);
        foreach (var role in new[] { "system_administrator", "security_administrator", "audit_administrator" })
        {
            using var answer = await server.CallAsync(HttpMethod.Post, "api/v1/query", await server.TokenAsync(role), System.Net.Http.Json.JsonContent.Create(new { purpose = "care", sql = "SELECT 1" }));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("api/v1/batches")]
    [InlineData("account/sign-in")]
    [InlineData("reference")]
    [InlineData("no/such/place")]
    public async Task Every_answer_carries_the_headers_of_safety_and_opens_nothing_to_other_sites(string address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Origin", "https://evil.example");
        using var answer = await server.Http.SendAsync(request);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Scripts_of_the_reference_are_known_by_a_number_that_is_never_the_same()
    {
        var numbers = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var answer = await server.Http.GetAsync("reference/");
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.DoesNotMatch("script-src[^;]*unsafe", policy);
            var number = System.Text.RegularExpressions.Regex.Match(policy, "script-src[^;]*'nonce-([^']+)'").Groups[1].Value;
            var page = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotMatch($"<script(?![^>]*nonce=\"{System.Text.RegularExpressions.Regex.Escape(number)}\")", page);
            numbers.Add(number);
        }

        Assert.NotEqual(numbers[0], numbers[1]);
    }

    [Fact]
    public async Task The_reference_needs_nothing_from_elsewhere()
    {
        var page = await server.Http.GetStringAsync("reference/");
        Assert.DoesNotContain("//cdn", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("(src|href)=\"https?://", page);
        var description = await server.Http.GetStringAsync("openapi/v1.json");
        Assert.Contains("/api/v1/query", description, StringComparison.Ordinal);
        Assert.Contains("batches.load", description, StringComparison.Ordinal);

        // In Chinese every address says what it is for in Chinese.
        var chinese = JsonElement.Parse(await server.Http.GetStringAsync("openapi/v1.json?lang=zh-CN"));
        var summaries = chinese.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()).Select(o => o.Value.TryGetProperty("summary", out var s) ? s.GetString()! : "").Where(s => s.Length > 0).ToList();
        Assert.True(summaries.Count > 70, $"{summaries.Count}");
        Assert.All(summaries, s => Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", s));
        var described = Descriptions(chinese.GetProperty("components").GetProperty("schemas")).ToList();
        Assert.True(described.Count > 200, $"{described.Count}");
        Assert.All(described.Where(d => d != "UTC."), d => Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", d));
        var shown = await server.Http.GetStringAsync("reference/?lang=zh-CN");
        Assert.Contains("lang=zh-CN", shown, StringComparison.Ordinal);
        Assert.Contains("documentElement.lang = 'zh-CN'", shown, StringComparison.Ordinal);
    }

    /// <summary>It is large and open to everybody, so it is made once, whatever a caller says of itself.</summary>
    [Fact]
    public async Task The_description_is_the_same_for_every_host_and_packed_for_who_can_unpack_it()
    {
        async Task<(byte[] Bytes, string? Encoding)> GetAsync(string host, string? accept)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "openapi/v1.json");
            request.Headers.Host = host;
            if (accept is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", accept);
            using var answer = await server.Http.SendAsync(request);
            return (await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers.ContentEncoding.SingleOrDefault());
        }

        var plain = await GetAsync("127.0.0.1", null);
        Assert.Null(plain.Encoding);
        Assert.Equal("/", JsonElement.Parse(plain.Bytes).GetProperty("servers")[0].GetProperty("url").GetString());
        var packed = await GetAsync("localhost:1", "gzip, br");
        Assert.Equal("gzip", packed.Encoding);
        Assert.InRange(packed.Bytes.Length, 1, plain.Bytes.Length / 4);
        await using var unpacked = new System.IO.Compression.GZipStream(new MemoryStream(packed.Bytes), System.IO.Compression.CompressionMode.Decompress);
        using var whole = new MemoryStream();
        await unpacked.CopyToAsync(whole);
        Assert.Equal(plain.Bytes, whole.ToArray());
        using var none = await server.Http.GetAsync("openapi/v2.json");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    /// <summary>An example of a body is taken by its endpoint; what may be refused is what the operator or another right decides.</summary>
    [Fact]
    public async Task Bodies_that_the_description_shows_are_taken()
    {
        var (tried, document) = (0, JsonElement.Parse(await server.Http.GetStringAsync("openapi/v1.json")));
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("post", out var operation) || !operation.TryGetProperty("requestBody", out var body) || !body.GetProperty("content").TryGetProperty("application/json", out var json) || !json.TryGetProperty("example", out var example)) continue;
            if (path.Name.Contains("{id}", StringComparison.Ordinal)) continue;
            tried++;
            using var content = new StringContent(example.GetRawText(), System.Text.Encoding.UTF8, "application/json");
            using var answer = await server.CallAsync(HttpMethod.Post, path.Name.Replace("{data_set}", "lab.result", StringComparison.Ordinal)[1..], await server.TokenAsync("application"), content);
            if (!answer.IsSuccessStatusCode) Assert.Contains(await TestServer.CodeAsync(answer), new[] { "subscription.not-allowed", "scope.identity" });
        }

        Assert.Equal(6, tried);
    }

    /// <summary>What a newcomer pastes into a shell works: the token, the purpose and the names are in it. Each reader has one language.</summary>
    [Fact]
    public async Task A_data_set_is_described_in_one_language_with_an_example_that_is_answered()
    {
        foreach (var (language, name, other) in new[] { ("zh-CN", "检验结果", "Lab result"), ("en", "Lab result", "检验结果") })
        {
            var document = JsonElement.Parse(await server.Http.GetStringAsync($"openapi/v1.json?lang={language}"));
            var operation = document.GetProperty("paths").GetProperty("/api/v1/data/lab.result").GetProperty("get");
            Assert.Equal(name, operation.GetProperty("summary").GetString());
            Assert.DoesNotContain(other, operation.GetRawText(), StringComparison.Ordinal);
            Assert.Equal("yunnao", operation.GetProperty("security")[0].GetProperty("oauth2")[0].GetString());
            var parameters = operation.GetProperty("parameters").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!);
            Assert.True(parameters.ContainsKey("since"));
            Assert.All(parameters.Values, p => Assert.NotEqual("", p.GetProperty("description").GetString()));
            if (language == "zh-CN") Assert.All(parameters.Values, p => Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", p.GetProperty("description").GetString()));
            Assert.Equal(100, parameters["limit"].GetProperty("schema").GetProperty("default").GetInt32());

            var address = "api/v1/data/lab.result?" + string.Join('&', parameters.Values.Where(p => p.TryGetProperty("required", out var needed) && needed.GetBoolean()).Select(p => $"{p.GetProperty("name")}={p.GetProperty("example")}"));
            var page = await server.JsonAsync(HttpMethod.Get, address, "application");
            var row = operation.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("example").GetProperty("rows")[0];
            Assert.All(page.GetProperty("columns").EnumerateArray(), c => Assert.True(row.TryGetProperty(c.GetProperty("name").GetString()!, out _), $"{c}"));
        }
    }

    private static IEnumerable<string> Descriptions(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(p => p is { Name: "description", Value.ValueKind: JsonValueKind.String } ? [p.Value.GetString()!] : Descriptions(p.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Descriptions),
        _ => [],
    };

    private IEnumerable<(HttpMethod Method, string Address, Duty Duty)> Guarded() =>
        from endpoint in Endpoints
        let duty = endpoint.Metadata.GetMetadata<Duty>()
        where duty is not null
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (new HttpMethod(method), Sample(endpoint.RoutePattern), duty);

    private static string Sample(RoutePattern pattern) => string.Join('/', pattern.PathSegments.Select(
        s => string.Concat(s.Parts.Select(p => p is RoutePatternLiteralPart literal ? literal.Content : p is RoutePatternParameterPart { Name: "number" } ? "1" : "x"))));
}
