using System.Net;
using Microsoft.Data.Sqlite;
using Xunit;
using Yunnao.Cli.Serve;
using Yunnao.Server.Accounts;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Passwords age, administrators work from certain addresses, and both are configuration. The server's administrators are elsewhere.</summary>
public sealed class Access_rules_tests(Access_rules_tests.ElsewhereServer server) : IClassFixture<Access_rules_tests.ElsewhereServer>
{
    private const string Password = "Correct-horse-7-battery", Next = "Correct-horse-8-battery";

    [Fact]
    public async Task A_password_that_has_its_age_must_be_changed_before_anything_else()
    {
        var first = "";
        await server.WithAccountsAsync(async room => first = (await room.AccountsAsync(d => d.CreateAsync(new("old.hand", null, ["doctor"], ["H1"]), "test", default))).Value.Password);
        using (var browser = new Browser(server.Url)) await browser.FirstSignInAsync("old.hand", first, Password);
        using (var browser = new Browser(server.Url)) Assert.Equal("/account", (await browser.SendAsync("account/sign-in", ("name", "old.hand"), ("password", Password))).At.AbsolutePath);
        Run("""UPDATE account SET "PasswordChanged" = '2020-01-01 00:00:00' WHERE "UserName" = 'old.hand'""");

        using var again = new Browser(server.Url);
        var (_, text, at) = await again.SendAsync("account/sign-in", ("name", "old.hand"), ("password", Password));
        Assert.Equal("/account/password", at.AbsolutePath);
        Assert.Contains("90", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await again.SendAsync("account/password", ("current", Password), ("new", Password), ("again", Password))).Status);
        Assert.Equal("/account", (await again.SendAsync("account/password", ("current", Password), ("new", Next), ("again", Next))).At.AbsolutePath);
        using var later = new Browser(server.Url);
        Assert.Equal("/account", (await later.SendAsync("account/sign-in", ("name", "old.hand"), ("password", Next))).At.AbsolutePath);
    }

    [Fact]
    public async Task Administrators_get_in_from_their_addresses_only_and_others_from_everywhere()
    {
        foreach (var role in (string[])["system_administrator", "security_administrator", "audit_administrator"])
        {
            using var refused = await server.CallAsync(HttpMethod.Get, "api/v1/accounts", await server.TokenAsync(role));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal("rights.address", await TestServer.CodeAsync(refused));
        }

        using (var forwarded = new HttpRequestMessage(HttpMethod.Get, "api/v1/accounts"))
        {
            forwarded.Headers.Add("Authorization", $"Bearer {await server.TokenAsync("system_administrator")}");
            forwarded.Headers.Add("X-Forwarded-For", "192.0.2.7");
            using var refused = await server.Http.SendAsync(forwarded);
            Assert.Equal("rights.address", await TestServer.CodeAsync(refused));
        }

        using var engineer = await server.CallAsync(HttpMethod.Get, "api/v1/lake/stats", await server.TokenAsync("data_engineer"));
        Assert.Equal(HttpStatusCode.OK, engineer.StatusCode);

        var first = "";
        await server.WithAccountsAsync(async room => first = (await room.AccountsAsync(d => d.CreateAsync(new("far.admin", null, ["audit_administrator"], []), "test", default))).Value.Password);
        using var browser = new Browser(server.Url);
        var known = await browser.SendAsync("account/sign-in", ("name", "far.admin"), ("password", first));
        var wrong = await browser.SendAsync("account/sign-in", ("name", "far.admin"), ("password", "wrong"));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (known.Status, wrong.Status));
        Assert.True(Count("SELECT count(*) FROM audit_event WHERE outcome = 'rights.address'") >= 4);
        Assert.True(Count("SELECT count(*) FROM audit_event WHERE outcome = 'address'") >= 2);
    }

    [Fact]
    public async Task Accounts_of_an_earlier_version_are_taken_over()
    {
        Run("""ALTER TABLE account DROP COLUMN "PasswordChanged"; DELETE FROM account_layout; INSERT INTO account_layout VALUES (1)""");
        var room = (await AccountsRoom.OpenAsync(server.Options, RegistryLoader.Load(server.Standards).Registry!, default)).Value;
        await using (room) Assert.True((await room.AccountsAsync(d => d.CreateAsync(new("new.hand", null, ["doctor"], []), "test", default))).Ok);
    }

    [Fact]
    public void Options_come_from_the_file_and_over_it_from_the_environment()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, """{ "passwordDays": 30, "administratorAddresses": ["10.1.0.0/16"], "port": 9000 }""");
        var environment = new Dictionary<string, string> { ["Yunnao__PasswordDays"] = "60", ["YUNNAO__ADMINISTRATORADDRESSES__0"] = "10.2.0.0/16", ["YUNNAO__ADMINISTRATORADDRESSES__1"] = "::1", ["Yunnao__Data__QueueLength"] = "x", ["OTHER"] = "1" };
        Assert.Equal("serve.config", ServerConfiguration.Read(file, environment, "wrong").Problem?.Code);
        environment.Remove("Yunnao__Data__QueueLength");
        var options = ServerConfiguration.Read(file, environment, "wrong").Value;
        Assert.Equal((60, 9000), (options.PasswordDays, options.Port));
        Assert.Equal(["10.2.0.0/16", "::1"], options.AdministratorAddresses);
        Assert.Equal(90, ServerConfiguration.Read(null, new Dictionary<string, string>(), "wrong").Value.PasswordDays);
        File.Delete(file);
    }

    private void Run(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private long Count(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(server.Options.Folder, "control.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>A server whose administrators are in a network where no test is.</summary>
    public sealed class ElsewhereServer : TestServer
    {
        public ElsewhereServer()
            : base(null, o => o.AdministratorAddresses = ["192.0.2.0/24"])
        {
        }
    }
}
