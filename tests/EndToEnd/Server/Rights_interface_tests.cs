using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using Yunnao.Server.Keys;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>What officers, doctors and citizens do with rights, by the interfaces.</summary>
public sealed class Rights_interface_tests(TestServer server) : IClassFixture<TestServer>
{
    private const string Subject = "12345678901234567890";

    [Fact]
    public async Task A_doctor_opens_a_record_in_an_emergency_and_it_is_reviewed_and_in_the_audit()
    {
        using var hasty = await server.CallAsync(HttpMethod.Post, "api/v1/break-glass", await server.TokenAsync("doctor"), JsonContent.Create(new { subject = Subject, reason = "x" }));
        Assert.Equal("glass.reason", await TestServer.CodeAsync(hasty));
        var opened = await server.JsonAsync(HttpMethod.Post, "api/v1/break-glass", "doctor", new { subject = Subject, reason = "Unconscious in the emergency room, allergies unknown" });
        Assert.Equal(Subject, opened.GetProperty("subject").GetString());
        var number = opened.GetProperty("number").GetInt64();
        Assert.Contains((await server.JsonAsync(HttpMethod.Get, "api/v1/break-glass", "security_administrator")).EnumerateArray(), g => g.GetProperty("number").GetInt64() == number);
        using var unclear = await server.CallAsync(HttpMethod.Post, $"api/v1/break-glass/{number}/review", await server.TokenAsync("security_administrator"), JsonContent.Create(new { verdict = "perhaps" }));
        Assert.Equal("glass.verdict", await TestServer.CodeAsync(unclear));
        await server.JsonAsync(HttpMethod.Post, $"api/v1/break-glass/{number}/review", "security_administrator", new { verdict = "justified", remark = "As the head of the ward says" });
        Assert.DoesNotContain((await server.JsonAsync(HttpMethod.Get, "api/v1/break-glass", "security_administrator")).EnumerateArray(), g => g.GetProperty("number").GetInt64() == number);

        var events = await server.JsonAsync(HttpMethod.Get, $"api/v1/audit?subject={Subject}", "audit_administrator");
        Assert.Contains(events.EnumerateArray(), e => (e.GetProperty("kind").GetString(), e.GetProperty("who").GetString()) == ("break-glass", "app-doctor"));
        Assert.Contains(events.EnumerateArray(), e => (e.GetProperty("kind").GetString(), e.GetProperty("who").GetString()) == ("rights-changed", "app-security_administrator"));
    }

    [Fact]
    public async Task The_audit_administrator_finds_refusals_and_proves_the_chain()
    {
        using var refused = await server.CallAsync(HttpMethod.Post, "api/v1/query", await server.TokenAsync("researcher"), JsonContent.Create(new { purpose = "care", sql = "SELECT count(*) AS n FROM lab.result" }));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var found = await server.JsonAsync(HttpMethod.Get, "api/v1/audit?caller=app-researcher&failed=true&most=5", "audit_administrator");
        Assert.NotEmpty(found.EnumerateArray());
        Assert.All(found.EnumerateArray(), e => Assert.NotEqual("ok", e.GetProperty("outcome").GetString()));
        var proof = await server.JsonAsync(HttpMethod.Post, "api/v1/audit/verify", "audit_administrator");
        Assert.True(proof.GetProperty("whole").GetBoolean(), proof.ToString());
        Assert.Contains((await server.JsonAsync(HttpMethod.Get, "api/v1/audit?caller=app-audit_administrator&kind=read", "audit_administrator")).EnumerateArray(), e => e.GetProperty("what").GetString() == "audit proof");
        using var unknown = await server.CallAsync(HttpMethod.Get, "api/v1/audit?kind=gossip", await server.TokenAsync("audit_administrator"));
        Assert.Equal("audit.kind", await TestServer.CodeAsync(unknown));
    }

    /// <summary>By a value that only the vault holds: whose right says so, of whom they reach a record, and never in an address.</summary>
    [Fact]
    public async Task A_doctor_finds_a_person_by_identity_number_and_nobody_else_does()
    {
        const string Known = "11010519491231002X", Elsewhere = "440524188001010014", Phone = "13800000000";
        await LoadPersonsAsync("H1", Known, "2");
        await LoadPersonsAsync("H2", Elsewhere, "1");
        async Task<HttpResponseMessage> AskAsync(string role, object body) => await server.CallAsync(HttpMethod.Post, "api/v1/persons/search", await server.TokenAsync(role), JsonContent.Create(body));

        var found = await server.JsonAsync(HttpMethod.Post, "api/v1/persons/search", "doctor", new { purpose = "care", kind = "id_number", value = Known.ToLowerInvariant() });
        var subject = Assert.Single(found.GetProperty("persons").EnumerateArray()).GetProperty("subject").GetString()!;
        var records = await server.JsonAsync(HttpMethod.Post, "api/v1/data/person.basic/search", "doctor", new { purpose = "care", subject });
        Assert.Equal("2", Assert.Single(records.GetProperty("rows").EnumerateArray()).GetProperty("sex").GetString());

        // A person of another hospital is nobody here, and so is one whom no hospital knows.
        foreach (var value in new[] { Elsewhere, "110105194912310038" })
            Assert.Empty((await server.JsonAsync(HttpMethod.Post, "api/v1/persons/search", "doctor", new { purpose = "care", kind = "id_number", value })).GetProperty("persons").EnumerateArray());
        using var researcher = await AskAsync("researcher", new { purpose = "research", kind = "id_number", value = Known });
        Assert.Equal((HttpStatusCode.Forbidden, "scope.identity"), (researcher.StatusCode, await TestServer.CodeAsync(researcher)));
        using var wrong = await AskAsync("doctor", new { purpose = "care", kind = "id_number", value = Known[..17] + "1" });
        var told = await wrong.Content.ReadAsStringAsync();
        Assert.Contains("identity.value", told, StringComparison.Ordinal);
        Assert.DoesNotContain(Known[..17], told, StringComparison.Ordinal);
        using var name = await AskAsync("doctor", new { purpose = "care", kind = "name", value = Phone });
        Assert.Equal("identity.kind", await TestServer.CodeAsync(name));
        using var purpose = await AskAsync("doctor", new { kind = "phone", value = Phone });
        Assert.Equal("query.purpose", await TestServer.CodeAsync(purpose));

        // All of it is in the audit, and the number is not.
        var events = (await server.JsonAsync(HttpMethod.Get, "api/v1/audit?caller=app-doctor&what=person%20by%20id_number&most=50", "audit_administrator")).EnumerateArray().ToList();
        Assert.Contains(events, e => e.TryGetProperty("subject", out var s) && s.ToString() == subject);
        Assert.True(events.Count >= 3, $"{events.Count}");
        Assert.DoesNotContain(events, e => e.ToString().Contains(Known[..17], StringComparison.OrdinalIgnoreCase));
        Assert.Contains((await server.JsonAsync(HttpMethod.Get, "api/v1/audit?caller=app-researcher&failed=true&most=5", "audit_administrator")).EnumerateArray(), e => e.GetProperty("outcome").GetString() == "scope.identity");
    }

    private async Task LoadPersonsAsync(string organisation, string number, string sex)
    {
        using var body = new StringContent($"patient_id,name,id_number,sex,birth_date,recorded_time\nF{sex},测试,{number},{sex},1949-12-31,2026-01-01 00:00:00\n");
        using var answer = await server.CallAsync(HttpMethod.Post, $"api/v1/batches?source=plain&name=person-{organisation}.csv&organisation={organisation}", await server.TokenAsync("data_engineer"), body);
        var job = await server.EndOfJobAsync((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!, "data_engineer");
        Assert.Equal("done", job.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("doctor", "care", "lab.result.result_value", true)]
    [InlineData("researcher", "care", "lab.result.result_value", false)]
    [InlineData("doctor", "no-such-purpose", "lab.result", false)]
    [InlineData("doctor", "care", "no.such_set.item", false)]
    public async Task The_security_administrator_is_told_why(string role, string purpose, string item, bool shown)
    {
        foreach (var language in new[] { "en", "zh" })
        {
            using var answer = await server.CallAsync(HttpMethod.Get, $"api/v1/rights/explain?roles={role}&purpose={purpose}&item={item}", await server.TokenAsync("security_administrator"), language: language);
            var told = await answer.Content.ReadFromJsonAsync<JsonElement>();
            var steps = told.GetProperty("steps").EnumerateArray().ToList();
            Assert.Equal(shown, steps.All(s => s.GetProperty("holds").GetBoolean()));
            Assert.Equal(shown, told.GetProperty("action").GetString() != "nothing");
            Assert.Equal(language == "zh", steps[0].GetProperty("text").GetString()!.Any(c => c > 0x4E00));
        }
    }

    [Fact]
    public async Task A_citizen_decides_over_the_own_consents_and_nobody_elses()
    {
        using var nobody = await server.CallAsync(HttpMethod.Get, "api/v1/consents", await server.TokenAsync("citizen"));
        Assert.Equal("consent.own", await TestServer.CodeAsync(nobody));
        var token = TokenOf(Subject);
        using var given = await server.CallAsync(HttpMethod.Post, "api/v1/consents", token, JsonContent.Create(new { purpose = "research", decision = "refused" }));
        Assert.True(given.IsSuccessStatusCode, await given.Content.ReadAsStringAsync());
        using var own = await server.CallAsync(HttpMethod.Get, "api/v1/consents", token);
        var decision = Assert.Single((await own.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray());
        Assert.Equal(("research", "refused"), (decision.GetProperty("purpose").GetString(), decision.GetProperty("decision").GetString()));
        using var others = await server.CallAsync(HttpMethod.Get, "api/v1/consents", TokenOf("77"));
        Assert.Empty((await others.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray());
        using var wrong = await server.CallAsync(HttpMethod.Post, "api/v1/consents", token, JsonContent.Create(new { purpose = "no-such-purpose", decision = "given" }));
        Assert.Equal("consent.purpose", await TestServer.CodeAsync(wrong));
    }

    /// <summary>A token of the citizens' application for one person, as an account's would be.</summary>
    private string TokenOf(string subject)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = server.Url.ToString(),
            Audience = "yunnao",
            IssuedAt = now,
            Expires = now.AddMinutes(5),
            TokenType = "at+jwt",
            Claims = new Dictionary<string, object> { ["sub"] = "app-citizen", ["yn_kind"] = "application", ["yn_gen"] = "0", ["role"] = "citizen", ["yn_subject"] = subject },
            SigningCredentials = new(server.Ready.Parts!.GetRequiredService<TokenKeys>().Signing()[0], SecurityAlgorithms.RsaSha256),
        });
    }
}
