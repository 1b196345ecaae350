using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>People at the pages: first sign-in, second step, tokens for a program by code and PKCE, forged forms, guessed passwords.</summary>
public abstract class Sign_in_facts(TestServer server)
{
    private const string Password = "Correct-horse-7-battery", Return = "http://127.0.0.1:9/return";

    [Fact]
    public async Task The_first_password_is_valid_once_and_must_be_changed()
    {
        var first = await AccountAsync("first.time", "doctor");
        using var browser = new Browser(server.Url);
        var (status, text, at) = await browser.FirstSignInAsync("first.time", first, Password);
        Assert.Equal((HttpStatusCode.OK, "/account"), (status, at.AbsolutePath));
        Assert.Contains("first.time", text, StringComparison.Ordinal);
        using var other = new Browser(server.Url);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.SendAsync("account/sign-in", ("name", "first.time"), ("password", first))).Status);
        Assert.Equal("/account", (await other.SendAsync("account/sign-in", ("name", "first.time"), ("password", Password))).At.AbsolutePath);
    }

    [Theory]
    [InlineData("short-1A")]
    [InlineData("alllowercase-123")]
    [InlineData("ALLUPPERCASE-123")]
    [InlineData("NoDigitsInHere-x")]
    [InlineData("weak.one-Password1")]
    public async Task A_weak_password_is_not_taken(string weak)
    {
        var name = $"weak.one{weak.Length}{(int)weak[0]}";
        var first = await AccountAsync(name, "doctor");
        using var browser = new Browser(server.Url);
        await browser.SendAsync("account/sign-in", ("name", name), ("password", first));
        var wanted = weak.Replace("weak.one", name, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync("account/password", ("current", first), ("new", wanted), ("again", wanted))).Status);
    }

    [Fact]
    public async Task An_administrator_sets_up_the_second_step_and_needs_it_from_then_on()
    {
        var first = await AccountAsync("second.admin", "security_administrator");
        using var browser = new Browser(server.Url);
        var (_, page, at) = await browser.FirstSignInAsync("second.admin", first, Password);
        Assert.Equal("/account/second-step/set-up", at.AbsolutePath);
        var key = Regex.Match(page, "<code>([A-Z2-7]+)</code>").Groups[1].Value;
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync("account/second-step/set-up", ("code", "000000"))).Status);
        Assert.Equal("/account", (await browser.SendAsync("account/second-step/set-up", ("code", Browser.CodeOf(key)))).At.AbsolutePath);

        using var again = new Browser(server.Url);
        Assert.Equal("/account/second-step", (await again.SendAsync("account/sign-in", ("name", "second.admin"), ("password", Password))).At.AbsolutePath);
        Assert.Equal("/account/sign-in", (await again.OpenAsync("account")).At.AbsolutePath);
        Assert.Equal("/account", (await again.SendAsync("account/second-step", ("code", Browser.CodeOf(key)))).At.AbsolutePath);
    }

    [Fact]
    public async Task A_program_gets_tokens_for_a_person_by_code_and_pkce_and_none_is_good_twice()
    {
        await server.WithAccountsAsync(async room => Assert.True((await room.ApplicationsAsync(d => d.CreateAsync(new("desk", null, [], [], [Return], Public: true), "test", default))).Ok));
        var first = await AccountAsync("code.person", "data_engineer");
        using var browser = new Browser(server.Url);
        await browser.FirstSignInAsync("code.person", first, Password);
        var verifier = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));
        var code = await CodeAsync(browser, verifier);

        Assert.False((await ExchangeAsync(code, "not-the-verifier-of-this-code-at-all-123456")).TryGetProperty("access_token", out _));
        code = await CodeAsync(browser, verifier);
        var tokens = await ExchangeAsync(code, verifier);
        var (access, refresh) = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
        using var seen = await server.CallAsync(HttpMethod.Get, "api/v1/batches", access);
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        using var identity = await server.CallAsync(HttpMethod.Get, "api/v1/batches", tokens.GetProperty("id_token").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, identity.StatusCode);
        using var bearer = await server.CallAsync(HttpMethod.Get, "api/v1/batches", refresh);
        Assert.Equal(HttpStatusCode.Unauthorized, bearer.StatusCode);

        // The refresh token once; the second time it is stolen goods.
        var next = await RefreshAsync(refresh);
        Assert.True(next.TryGetProperty("access_token", out _), next.ToString());
        Assert.Equal("invalid_grant", (await RefreshAsync(refresh)).GetProperty("error").GetString());
        Assert.Equal("invalid_grant", (await RefreshAsync(next.GetProperty("refresh_token").GetString()!)).GetProperty("error").GetString());
        Assert.Equal("invalid_grant", (await ExchangeAsync(code, verifier)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_disabled_account_loses_session_and_tokens_at_once()
    {
        var first = await AccountAsync("leaver", "data_engineer");
        using var browser = new Browser(server.Url);
        await browser.FirstSignInAsync("leaver", first, Password);
        await server.WithAccountsAsync(async room => Assert.Null(await room.AccountsAsync(d => d.EnableAsync("leaver", false, "test", default))));
        using var other = new Browser(server.Url);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.SendAsync("account/sign-in", ("name", "leaver"), ("password", Password))).Status);
    }

    [Fact]
    public async Task A_form_that_another_site_sends_is_refused()
    {
        var first = await AccountAsync("forged.form", "doctor");
        using var browser = new Browser(server.Url);
        await browser.FirstSignInAsync("forged.form", first, Password);
        foreach (var (page, fields) in new[]
        {
            ("account/password", new[] { ("current", Password), ("new", "Stolen-by-other-site-1"), ("again", "Stolen-by-other-site-1") }),
            ("account/sign-out", []),
            ("account/sign-in", [("name", "forged.form"), ("password", Password)]),
            ("account/second-step/set-up", [("code", "000000")]),
        })
        {
            using var answer = await browser.PostAsync(page, fields);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal("/account", (await browser.OpenAsync("account")).At.AbsolutePath);
    }

    [Fact]
    public async Task A_session_opens_no_interface()
    {
        var first = await AccountAsync("session.only", "data_engineer");
        using var browser = new Browser(server.Url);
        await browser.FirstSignInAsync("session.only", first, Password);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.OpenAsync("api/v1/batches")).Status);
    }

    [Fact]
    public async Task Guessing_locks_the_account_also_for_the_right_password()
    {
        var first = await AccountAsync("guessed", "doctor");
        using var browser = new Browser(server.Url);
        await browser.FirstSignInAsync("guessed", first, Password);
        using var guesser = new Browser(server.Url);
        for (var i = 0; i < server.Options.WrongPasswords; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await guesser.SendAsync("account/sign-in", ("name", "guessed"), ("password", $"Guess-number-{i}"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await guesser.SendAsync("account/sign-in", ("name", "guessed"), ("password", Password))).Status);
        await server.WithAccountsAsync(async room =>
        {
            Assert.Equal("locked", (await room.AccountsAsync(d => d.ListAsync(default))).Single(a => a.Name == "guessed").State);
            Assert.Null(await room.AccountsAsync(d => d.EnableAsync("guessed", true, "test", default)));
        });
        Assert.Equal("/account", (await guesser.SendAsync("account/sign-in", ("name", "guessed"), ("password", Password))).At.AbsolutePath);
    }

    [Fact]
    public async Task Unknown_name_and_wrong_password_look_alike()
    {
        await AccountAsync("known.name", "doctor");
        using var browser = new Browser(server.Url);
        var unknown = await browser.SendAsync("account/sign-in?lang=en", ("name", "nobody.here"), ("password", "x"));
        var wrong = await browser.SendAsync("account/sign-in?lang=en", ("name", "known.name"), ("password", "x"));
        static string Body(string page) => Regex.Replace(page, "value=\"[^\"]*\"", "");
        Assert.Equal((unknown.Status, Body(unknown.Text)), (wrong.Status, Body(wrong.Text)));
    }

    [Fact]
    public async Task Too_many_attempts_from_one_address_are_turned_away()
    {
        var few = new TestServer(null, o => (o.SignInsPerMinute, o.TokensPerMinute) = (3, 3));
        await using (few)
        {
            await few.InitializeAsync();
            HttpStatusCode last = default;
            for (var i = 0; i < 5; i++)
            {
                using var answer = await few.Http.PostAsync("connect/token", TestServer.Form(("grant_type", "client_credentials"), ("client_id", "app-doctor"), ("client_secret", $"{i}")));
                last = answer.StatusCode;
            }

            Assert.Equal(HttpStatusCode.TooManyRequests, last);
        }
    }

    [Fact]
    public async Task The_pages_speak_both_languages()
    {
        Assert.Contains("登录", await server.Http.GetStringAsync("account/sign-in?lang=zh"), StringComparison.Ordinal);
        Assert.Contains("Sign in", await server.Http.GetStringAsync("account/sign-in?lang=en"), StringComparison.Ordinal);
    }

    private async Task<string> AccountAsync(string name, string role)
    {
        var password = "";
        await server.WithAccountsAsync(async room => password = (await room.AccountsAsync(d => d.CreateAsync(new(name, null, [role], []), "test", default))).Value.Password);
        return password;
    }

    private static async Task<string> CodeAsync(Browser browser, string verifier)
    {
        var challenge = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var (_, text, at) = await browser.OpenAsync(
            $"connect/authorize?response_type=code&client_id=desk&redirect_uri={Uri.EscapeDataString(Return)}&scope=openid%20offline_access%20yunnao&state=s&code_challenge_method=S256&code_challenge={challenge}");
        Assert.True(at.Port == 9, text);
        return Regex.Match(at.Query, "[?&]code=([^&]+)").Groups[1].Value;
    }

    private async Task<JsonElement> ExchangeAsync(string code, string verifier)
    {
        using var answer = await server.Http.PostAsync("connect/token", TestServer.Form(("grant_type", "authorization_code"), ("client_id", "desk"), ("code", code), ("redirect_uri", Return), ("code_verifier", verifier)));
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> RefreshAsync(string token)
    {
        using var answer = await server.Http.PostAsync("connect/token", TestServer.Form(("grant_type", "refresh_token"), ("client_id", "desk"), ("refresh_token", token)));
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
