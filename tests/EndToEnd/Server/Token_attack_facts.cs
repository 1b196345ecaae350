using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using Yunnao.Server.Keys;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Tokens that are forged, ended, meant for others or shown again.</summary>
public abstract class Token_attack_facts(TestServer server)
{
    private const string Address = "api/v1/batches";

    [Fact]
    public async Task A_token_of_ours_gets_in() => await Gets(HttpStatusCode.OK, await server.TokenAsync("data_engineer"));

    /// <summary>The forger below makes tokens that are good but for the one thing a test changes; this one changes nothing.</summary>
    [Fact]
    public async Task The_forged_tokens_of_these_tests_are_otherwise_good() => await Gets(HttpStatusCode.OK, Forge());

    [Fact]
    public async Task A_token_signed_by_another_key_is_refused()
    {
        using var rsa = RSA.Create(2048);
        await Gets(HttpStatusCode.Unauthorized, Forge(key: new RsaSecurityKey(rsa)));
        await Gets(HttpStatusCode.Unauthorized, Forge(key: new RsaSecurityKey(rsa) { KeyId = Key.KeyId }));
    }

    [Fact]
    public async Task A_token_that_has_ended_is_refused() => await Gets(HttpStatusCode.Unauthorized, Forge(ends: TimeSpan.FromMinutes(-10)));

    [Fact]
    public async Task A_token_for_another_audience_is_refused() => await Gets(HttpStatusCode.Unauthorized, Forge(audience: "somebody-else"));

    [Fact]
    public async Task A_token_of_another_issuer_is_refused() => await Gets(HttpStatusCode.Unauthorized, Forge(issuer: "https://evil.example/"));

    [Fact]
    public async Task A_token_of_another_type_is_refused() => await Gets(HttpStatusCode.Unauthorized, Forge(type: "JWT"));

    [Fact]
    public async Task A_token_of_an_older_generation_is_refused() => await Gets(HttpStatusCode.Unauthorized, Forge(generation: "7"));

    [Fact]
    public async Task A_token_of_nobody_is_refused() => await Gets(HttpStatusCode.Unauthorized, Forge(subject: "app-nobody"));

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    public async Task A_token_without_signature_is_refused(string algorithm)
    {
        var parts = Forge().Split('.');
        var header = Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"at+jwt"}""");
        await Gets(HttpStatusCode.Unauthorized, $"{header}.{parts[1]}.");
        await Gets(HttpStatusCode.Unauthorized, $"{header}.{parts[1]}.{parts[2]}");
    }

    [Fact]
    public async Task The_public_key_is_no_secret_to_sign_with()
    {
        // RS256 verified as HS256 with the public key as the secret.
        var secret = Encoding.ASCII.GetBytes(Key.Rsa.ExportSubjectPublicKeyInfoPem());
        await Gets(HttpStatusCode.Unauthorized, Forge(key: new SymmetricSecurityKey(secret) { KeyId = Key.KeyId }, algorithm: SecurityAlgorithms.HmacSha256));
    }

    [Fact]
    public async Task A_token_whose_text_was_changed_is_refused()
    {
        var parts = (await server.TokenAsync("researcher")).Split('.');
        var raised = Base64UrlEncoder.Decode(parts[1]).Replace("researcher", "data_engineer", StringComparison.Ordinal);
        await Gets(HttpStatusCode.Unauthorized, $"{parts[0]}.{Base64UrlEncoder.Encode(raised)}.{parts[2]}");
    }

    [Theory]
    [InlineData("../../keys/master.key")]
    [InlineData("' OR 1=1 --")]
    [InlineData("http://evil.example/key")]
    public async Task The_name_of_a_key_leads_nowhere(string keyId)
    {
        using var rsa = RSA.Create(2048);
        await Gets(HttpStatusCode.Unauthorized, Forge(key: new RsaSecurityKey(rsa) { KeyId = keyId }));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("{}.{}.{}")]
    public async Task Garbage_is_refused(string token) => await Gets(HttpStatusCode.Unauthorized, token);

    [Fact]
    public async Task A_giant_token_is_refused() => await Gets(HttpStatusCode.Unauthorized, new string('a', 20_000));

    [Fact]
    public async Task A_token_in_the_address_or_twice_is_no_token()
    {
        var token = await server.TokenAsync("data_engineer");
        using var inAddress = await server.CallAsync(HttpMethod.Get, $"{Address}?access_token={token}", null);
        Assert.Equal(HttpStatusCode.Unauthorized, inAddress.StatusCode);
        var request = new HttpRequestMessage(HttpMethod.Get, Address);
        request.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {token}", "Bearer x"]);
        using var twice = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, twice.StatusCode);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_and_not_active_any_more()
    {
        var (client, secret) = ("app-data_engineer", server.Secrets["data_engineer"]);
        var token = await server.TokenAsync(client, secret);
        await Gets(HttpStatusCode.OK, token);
        Assert.True((await IntrospectAsync(client, secret, token)).GetProperty("active").GetBoolean());
        using var revoked = await server.Http.PostAsync("connect/revoke", TestServer.Form(("token", token), ("client_id", client), ("client_secret", secret)));
        Assert.True(revoked.IsSuccessStatusCode, await revoked.Content.ReadAsStringAsync());
        await Gets(HttpStatusCode.Unauthorized, token);
        Assert.False((await IntrospectAsync(client, secret, token)).GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task Nobody_revokes_the_token_of_another_application()
    {
        var token = await server.TokenAsync("app-manager", server.Secrets["manager"]);
        using var revoked = await server.Http.PostAsync("connect/revoke", TestServer.Form(("token", token), ("client_id", "app-doctor"), ("client_secret", server.Secrets["doctor"])));
        using var still = await server.CallAsync(HttpMethod.Get, "api/v1/standards", token);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Theory]
    [InlineData("app-doctor", "wrong", "invalid_client")]
    [InlineData("app-doctor", "", "invalid_request")]
    [InlineData("' OR 1=1 --", "x", "invalid_client")]
    [InlineData("nobody", "x", "invalid_client")]
    public async Task A_wrong_secret_gives_no_token(string client, string secret, string error)
    {
        using var answer = await server.Http.PostAsync("connect/token", TestServer.Form(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("scope", "yunnao")));
        Assert.False(answer.IsSuccessStatusCode);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(error, json.GetProperty("error").GetString());
        Assert.False(json.TryGetProperty("access_token", out _));
    }

    [Fact]
    public async Task A_password_grant_or_an_implicit_flow_is_not_there()
    {
        using var password = await server.Http.PostAsync("connect/token", TestServer.Form(("grant_type", "password"), ("username", "admin"), ("password", "x"), ("client_id", "app-doctor"), ("client_secret", server.Secrets["doctor"])));
        Assert.Contains("unsupported_grant_type", await password.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var description = await server.CallAsync(HttpMethod.Get, ".well-known/openid-configuration", null);
        var json = await description.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(["code"], json.GetProperty("response_types_supported").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal(["S256"], json.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(e => e.GetString()));
    }

    private RsaSecurityKey Key => (RsaSecurityKey)server.Ready.Parts!.GetRequiredService<TokenKeys>().Signing()[0];

    private async Task Gets(HttpStatusCode status, string token)
    {
        using var answer = await server.CallAsync(HttpMethod.Get, Address, token);
        Assert.Equal(status, answer.StatusCode);
    }

    private async Task<JsonElement> IntrospectAsync(string client, string secret, string token)
    {
        using var answer = await server.Http.PostAsync("connect/introspect", TestServer.Form(("token", token), ("client_id", client), ("client_secret", secret)));
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>A token signed by the server's own key, as if its key had been stolen or one of its own checks been forgotten.</summary>
    private string Forge(
        SecurityKey? key = null, string algorithm = SecurityAlgorithms.RsaSha256, TimeSpan? ends = null, string audience = "yunnao", string? issuer = null, string type = "at+jwt", string generation = "0",
        string subject = "app-data_engineer")
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var end = now + (ends ?? TimeSpan.FromMinutes(5));
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? server.Url.ToString(),
            Audience = audience,
            IssuedAt = end - TimeSpan.FromMinutes(30),
            Expires = end,
            TokenType = type,
            Claims = new Dictionary<string, object> { ["sub"] = subject, ["yn_kind"] = "application", ["yn_gen"] = generation, ["role"] = "data_engineer", ["scope"] = "yunnao", ["client_id"] = subject },
            SigningCredentials = new(key ?? Key, algorithm),
        });
    }
}
