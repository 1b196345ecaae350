using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using Yunnao.Tests.EndToEnd.Imaging;
using Yunnao.Tests.EndToEnd.Standards;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Scopes of SMART take away from a right and give nothing; programs sign their requests for tokens; applications of browsers are launched.</summary>
[Collection(nameof(FhirServer))]
public sealed class Smart_tests(FhirServer server)
{
    private async Task<JsonElement> TokenAsync(string role, string scope)
    {
        using var answer = await server.Http.PostAsync("connect/token", FhirServer.Form(("grant_type", "client_credentials"), ("client_id", $"app-{role}"), ("client_secret", server.Secrets[role]), ("scope", scope)));
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(string address, string token, HttpMethod? method = null)
    {
        using var answer = await server.CallAsync(method ?? HttpMethod.Get, address, token);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.StartsWith('{') ? JsonElement.Parse(text) : default);
    }

    [Theory]
    [InlineData("system/Condition.rs")]
    [InlineData("system/Condition.read yunnao")]
    public async Task A_token_reaches_what_its_scopes_say_and_nothing_else(string scope)
    {
        var token = (await TokenAsync("doctor", scope)).GetProperty("access_token").GetString()!;
        var (status, found) = await AskAsync("fhir/Condition?_count=1&_include=Condition:subject&_include=Condition:encounter", token);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Single(found.GetProperty("entry").EnumerateArray());
        foreach (var address in new[]
        {
            "fhir/Observation", "fhir/Patient", "fhir/_history", "fhir/$export", "api/v1/batches", "api/v1/data/lab.result", "fhir/Patient/1/$everything", "dicom-web/studies",
        })
        {
            var (refused, problem) = await AskAsync(address, token);
            Assert.Equal((HttpStatusCode.Forbidden, true), (refused, problem.ToString().Contains("smart.scope", StringComparison.Ordinal)));
        }

        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch }) Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync("fhir/Condition/1", token, method)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync("fhir", token, HttpMethod.Post)).Status);

        // What is behind a reference is not seen either, by no chain.
        Assert.False((await AskAsync("fhir/Condition?patient.gender=female,male&_count=1", token)).Body.TryGetProperty("entry", out _));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("fhir/metadata", token)).Status);
    }

    [Fact]
    public async Task Scopes_never_widen_a_right_and_unknown_ones_are_refused()
    {
        // An epidemiologist sees pseudonyms, whatever the scope says; a researcher sees nobody who did not consent.
        var token = (await TokenAsync("researcher", "system/*.cruds")).GetProperty("access_token").GetString()!;
        Assert.False((await AskAsync("fhir/Patient", token)).Body.TryGetProperty("entry", out _));
        Assert.Equal("rights.duty", Text((await AskAsync("fhir/Patient", (await TokenAsync("system_administrator", "system/*.*")).GetProperty("access_token").GetString()!)).Body, "issue.details.coding.code"));
        foreach (var scope in new[] { "system/Condition.sr", "system/Condition.x", "nothing", "system/Condition", "patient/*.rs", "user/*.rs", "launch/patient", "system/Condition.rs?code=1" })
            Assert.Equal("invalid_scope", (await TokenAsync("doctor", scope)).GetProperty("error").GetString());
        var reads = (await TokenAsync("doctor", "system/Condition.r")).GetProperty("access_token").GetString()!;
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync("fhir/Condition", reads)).Status);
        var id = Text((await server.GetAsync("Condition?_count=1")).GetProperty("entry")[0].GetProperty("resource"), "id");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync($"fhir/Condition/{id}", reads)).Status);
    }

    [Fact]
    public async Task Pages_of_other_sites_may_call_the_fhir_interface_with_a_token_and_nothing_else()
    {
        foreach (var (address, open) in new[] { ("fhir/Patient", true), ("connect/token", true), ("api/v1/batches", false), ("account", false), ("connect/authorize", false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, address);
            foreach (var (name, value) in new[] { ("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "authorization") }) request.Headers.Add(name, value);
            using var answer = await server.Http.SendAsync(request);
            Assert.Equal(open ? ["*"] : [], answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins) ? origins : []);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task A_program_with_keys_signs_its_requests_for_tokens()
    {
        using var rsa = RSA.Create(2048);
        var key = new RsaSecurityKey(rsa) { KeyId = "one" };
        var open = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(false)) { KeyId = "one" });
        var set = JsonSerializer.SerializeToElement(new { keys = new[] { new { kty = open.Kty, n = open.N, e = open.E, kid = "one", alg = "RS384", use = "sig" } } });
        await server.WithAccountsAsync(async room =>
        {
            var made = (await room.ApplicationsAsync(d => d.CreateAsync(new("backend-service", null, ["doctor"], ["fhir-r4"], [], Keys: set), "test", default))).Value;
            Assert.Null(made.Secret);
            var (_, problem) = (await room.ApplicationsAsync(d => d.CreateAsync(new("bad-keys", null, ["doctor"], [], [], Keys: JsonSerializer.SerializeToElement(new { keys = Array.Empty<int>() })), "test", default))) is var bad ? (0, bad.Problem) : default;
            Assert.Equal("app.keys", problem!.Code);
        });
        foreach (var audience in new[] { server.Url.ToString(), server.Url.ToString().TrimEnd('/'), $"{server.Url}connect/token" })
        {
            var token = await SignedAsync(key, audience);
            Assert.True(token.TryGetProperty("access_token", out var access), token.ToString());
            Assert.Equal("system/Condition.rs", token.GetProperty("scope").GetString());
            Assert.Equal(HttpStatusCode.OK, (await AskAsync("fhir/Condition?_count=1", access.GetString()!)).Status);
        }

        // Once, and for five minutes: SMART App Launch 2.2, 5.1.
        Assert.True((await SignedAsync(key, server.Url.ToString(), id: "said-before")).TryGetProperty("access_token", out _));
        Assert.Equal("invalid_client", (await SignedAsync(key, server.Url.ToString(), id: "said-before")).GetProperty("error").GetString());
        Assert.Equal("invalid_client", (await SignedAsync(key, server.Url.ToString(), minutes: 60)).GetProperty("error").GetString());
        using var other = RSA.Create(2048);
        Assert.Equal("invalid_client", (await SignedAsync(new RsaSecurityKey(other) { KeyId = "one" }, server.Url.ToString())).GetProperty("error").GetString());
        Assert.True((await SignedAsync(key, "https://elsewhere.example/")).TryGetProperty("error", out _));
    }

    /// <summary>As somebody does it who has openssl and no tool for JWK Sets.</summary>
    [Fact]
    public async Task The_command_line_takes_public_keys_in_PEM_and_says_what_is_wrong_with_others()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var folder = Directory.CreateTempSubdirectory("yunnao-keys-").FullName;
        try
        {
            string Written(string name, string text)
            {
                File.WriteAllText(Path.Combine(folder, name), text);
                return Path.Combine(folder, name);
            }

            Task<CliRun> MakeAsync(string id, string file, params string[] role) => CliRun.Of("en", ["app", "create", id, "--keys", file, .. role, "--data", server.Options.Folder, "--standards", server.Standards]);
            var made = await MakeAsync("pem-service", Written("public.pem", ec.ExportSubjectPublicKeyInfoPem()), "--role", "doctor", "--organisation", "fhir-r4");
            Assert.Equal((0, ""), (made.ExitCode, made.Error));
            Assert.True((await SignedAsync(new ECDsaSecurityKey(ec), server.Url.ToString(), client: "pem-service")).TryGetProperty("access_token", out _));
            foreach (var (file, says) in new[] { ("none.pem", "no such file"), (Written("private.pem", ec.ExportPkcs8PrivateKeyPem()), "no public keys"), (Written("word.json", "no JSON"), "no public keys"), (Written("empty.json", "{\"keys\": []}"), "one to ten") })
            {
                var refused = await MakeAsync("pem-refused", file, "--role", "doctor");
                Assert.NotEqual(0, refused.ExitCode);
                Assert.Contains("app.keys", refused.Error, StringComparison.Ordinal);
                Assert.Contains(says, refused.Error, StringComparison.Ordinal);
            }

            Assert.Contains("yunnao app grant pem-idle", (await MakeAsync("pem-idle", Path.Combine(folder, "public.pem"))).Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<JsonElement> SignedAsync(AsymmetricSecurityKey key, string audience, string? id = null, int minutes = 4, string client = "backend-service")
    {
        var assertion = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = client, Audience = audience, Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(minutes), Claims = new Dictionary<string, object> { ["sub"] = client, ["jti"] = id ?? Guid.NewGuid().ToString() },
            SigningCredentials = new(key, key is RsaSecurityKey ? SecurityAlgorithms.RsaSha384 : SecurityAlgorithms.EcdsaSha384),
        });
        using var answer = await server.Http.PostAsync("connect/token", FhirServer.Form(
            ("grant_type", "client_credentials"), ("scope", "system/Condition.rs"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion)));
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    [Fact]
    public async Task The_client_of_browsers_is_launched_for_one_person_unchanged()
    {
        var packages = Repository.File("artifacts/peers");
        Assert.SkipUnless(File.Exists(Path.Combine(packages, "node_modules/fhirclient/build/fhir-client.js")) && Directory.Exists(Path.Combine(packages, "node_modules/playwright-core")) && Peer.Find("chromium") is not null && Peer.Find("node") is not null,
            "chromium, playwright-core or fhirclient is not here: run tests/install-peers");
        var port = Ports.Free();
        var password = "";
        await server.WithAccountsAsync(async room =>
        {
            password = (await room.AccountsAsync(d => d.CreateAsync(new("smart.doctor", "李明", ["doctor"], ["fhir-r4"]), "test", default))).Value.Password;
            Assert.True((await room.ApplicationsAsync(d => d.CreateAsync(new("smart-app", null, [], [], [$"http://127.0.0.1:{port}/app.html"], Public: true), "test", default))).Ok);
        });
        var patient = Text((await server.GetAsync("Condition?_count=1")).GetProperty("entry")[0].GetProperty("resource"), "subject.reference")!["Patient/".Length..];
        var launch = (await LaunchAsync("app-doctor", server.Secrets["doctor"], new { patient = $"Patient/{patient}", encounter = "Encounter/e-1" })).GetProperty("launch").GetString()!;
        var elsewhere = "";
        await server.WithAccountsAsync(async room => elsewhere = (await room.ApplicationsAsync(d => d.CreateAsync(new("record-system-elsewhere", null, ["doctor"], ["elsewhere"], []), "test", default))).Value.Secret!);
        var another = (await LaunchAsync("record-system-elsewhere", elsewhere, new { patient })).GetProperty("launch").GetString()!;
        var script = Path.Combine(packages, "smart_launch_check.mjs");
        File.Copy(Repository.File("tests/EndToEnd/Fhir/smart_launch_check.mjs"), script, overwrite: true);
        using var process = Peer.Start("env", ["-C", packages, "node", script, $"{server.Url}fhir", "smart.doctor", password, "smart-app", $"{port}", patient, launch, another]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        var found = JsonElement.Parse((await output).Trim());
        Assert.Equal(patient, found.GetProperty("patient").GetString());
        Assert.Equal(patient, found.GetProperty("read").GetString());
        Assert.Equal((await server.AllAsync($"Condition?patient={patient}&_count=500")).Select(c => Text(c, "id")!).Order(), found.GetProperty("conditions").EnumerateArray().Select(c => c.GetString()!).Order());

        // The doctor may see more; this application was launched for one person.
        Assert.Equal(found.GetProperty("conditions").GetArrayLength(), found.GetProperty("all").GetInt32());
        Assert.Equal(403, found.GetProperty("observations").GetInt32());
        Assert.Equal(404, found.GetProperty("other").GetInt32());

        // Out of a record system: nobody is asked, and the token says at what it was looking.
        var launched = found.GetProperty("launched");
        Assert.Equal((patient, "e-1"), (launched.GetProperty("patient").GetString(), launched.GetProperty("encounter").GetString()));
        Assert.Equal(found.GetProperty("all").GetInt32(), launched.GetProperty("all").GetInt32());
        Assert.Contains("institution", found.GetProperty("another").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_launch_names_ids_and_is_of_this_platform()
    {
        foreach (var (wish, place) in new (object, string)[] { (new { patient = "Zhang San" }, "patient"), (new { encounter = "not an id" }, "encounter") })
        {
            var refused = await LaunchAsync("app-doctor", server.Secrets["doctor"], wish);
            Assert.Equal(("smart.launch", place), (refused.GetProperty("code").GetString(), Text(refused, "where.path")));
            Assert.DoesNotContain("Zhang", refused.ToString(), StringComparison.Ordinal);
        }

        var made = await LaunchAsync("app-doctor", server.Secrets["doctor"], new { });
        Assert.Equal($"{server.Url}fhir", made.GetProperty("iss").GetString());
        Assert.InRange(made.GetProperty("ends").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        var smart = JsonElement.Parse(await server.Http.GetStringAsync("fhir/.well-known/smart-configuration"));
        Assert.Contains("launch-ehr", smart.GetProperty("capabilities").EnumerateArray().Select(c => c.GetString()));
    }

    private async Task<JsonElement> LaunchAsync(string client, string secret, object wish)
    {
        using var asked = await server.Http.PostAsync("connect/token", FhirServer.Form(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("scope", "yunnao")));
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/launches") { Content = JsonContent.Create(wish) };
        request.Headers.Authorization = new("Bearer", (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        using var answer = await server.Http.SendAsync(request);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
