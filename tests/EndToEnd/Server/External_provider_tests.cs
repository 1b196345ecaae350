using System.Net;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Signing in by the OpenID Connect provider of others; the provider is a second server of ours, at another host name.</summary>
public sealed class External_provider_tests
{
    private const string Password = "Correct-horse-7-battery";

    [Fact]
    public async Task Whoever_the_provider_vouches_for_gets_into_the_account_of_that_name_and_nobody_else()
    {
        var (here, port) = (Ports.Free(), Ports.Free());
        await using var provider = new TestServer(null, o => (o.Port, o.PublicUrl) = (port, new($"http://localhost:{port}/")));
        await provider.InitializeAsync();
        string secret = "", known = "", unknown = "", disabled = "";
        await provider.WithAccountsAsync(async room =>
        {
            secret = (await room.ApplicationsAsync(d => d.CreateAsync(new("city", null, [], [], [$"http://127.0.0.1:{here}/account/external/return"]), "test", default))).Value.Secret!;
            known = (await room.AccountsAsync(d => d.CreateAsync(new("zhao.min", null, ["doctor"], []), "test", default))).Value.Password;
            unknown = (await room.AccountsAsync(d => d.CreateAsync(new("not.here", null, ["doctor"], []), "test", default))).Value.Password;
            disabled = (await room.AccountsAsync(d => d.CreateAsync(new("was.here", null, ["doctor"], []), "test", default))).Value.Password;
        });

        await using var server = new TestServer(null, o => (o.Port, o.External) = (here, new() { Name = "City sign-in", Authority = $"http://localhost:{port}/", ClientId = "city", ClientSecret = secret, WithoutTls = true }));
        await server.InitializeAsync();
        await server.WithAccountsAsync(async room =>
        {
            foreach (var name in new[] { "zhao.min", "was.here" }) Assert.True((await room.AccountsAsync(d => d.CreateAsync(new(name, null, ["data_engineer"], []), "test", default))).Ok);
            Assert.Null(await room.AccountsAsync(d => d.EnableAsync("was.here", false, "test", default)));
        });

        Assert.Contains("City sign-in", await server.Http.GetStringAsync("account/sign-in"), StringComparison.Ordinal);
        var (status, text, at) = await SignInAsync(server, "zhao.min", known);
        Assert.Equal((HttpStatusCode.OK, here, "/account"), (status, at.Port, at.AbsolutePath));
        Assert.Contains("zhao.min", text, StringComparison.Ordinal);
        Assert.Contains("data_engineer", text, StringComparison.Ordinal);
        Assert.DoesNotContain("doctor", text, StringComparison.Ordinal);

        Assert.Equal((HttpStatusCode.Forbidden, here), await WhereAsync(SignInAsync(server, "not.here", unknown)));
        Assert.Equal((HttpStatusCode.Forbidden, here), await WhereAsync(SignInAsync(server, "was.here", disabled)));
    }

    /// <summary>An answer of the provider that this browser never asked for signs nobody in.</summary>
    [Fact]
    public async Task An_answer_that_nobody_asked_for_is_refused()
    {
        await using var server = new TestServer(null, o => o.External = new() { Authority = "http://127.0.0.1:9/", ClientId = "city", ClientSecret = "x", WithoutTls = true });
        await server.InitializeAsync();
        using var answer = await server.Http.GetAsync("account/external/return?code=stolen&state=forged");
        Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{answer.StatusCode}");
        Assert.DoesNotContain("stolen", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var asked = await server.Http.PostAsync("account/external", TestServer.Form());
        Assert.Equal(HttpStatusCode.BadRequest, asked.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, string Text, Uri At)> SignInAsync(TestServer server, string name, string first)
    {
        using var browser = new Browser(server.Url, everywhere: true);
        var (_, page, at) = await browser.SendToAsync("account/external", "account/sign-in");
        Assert.True(at is { Host: "localhost", AbsolutePath: "/account/sign-in" }, $"{at} {page}");
        (_, page, at) = await browser.SendToAsync(new Uri(at, "/account/sign-in").ToString(), at.ToString(), ("name", name), ("password", first));
        Assert.True(at.AbsolutePath == "/account/password", $"{at} {page}");
        return await browser.SendToAsync(new Uri(at, "/account/password").ToString(), at.ToString(), ("current", first), ("new", Password), ("again", Password));
    }

    private static async Task<(HttpStatusCode Status, int Port)> WhereAsync(Task<(HttpStatusCode Status, string Text, Uri At)> signing)
    {
        var (status, _, at) = await signing;
        return (status, at.Port);
    }
}
