using System.Text.Json;
using Xunit;
using Yunnao.Tests.EndToEnd.Imaging;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Headless Chromium, driven as a person would: it keeps cookies, obeys the policy of content and follows redirects by its own rules.</summary>
public sealed class Real_browser_tests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string Packages = Repository.File("artifacts/peers");

    [Fact]
    public async Task A_person_signs_in_and_a_program_gets_its_tokens_by_code_and_pkce()
    {
        var port = Ports.Free();
        string password = "";
        await server.WithAccountsAsync(async room =>
        {
            password = (await room.AccountsAsync(d => d.CreateAsync(new("real.person", "王丽", ["data_engineer"], []), "test", default))).Value.Password;
            Assert.True((await room.ApplicationsAsync(d => d.CreateAsync(new("real-desk", null, [], [], [$"http://127.0.0.1:{port}/return"], Public: true), "test", default))).Ok);
        });
        var result = await ScriptAsync("browser_check.mjs", server.Url.ToString(), "real.person", password, "real-desk", $"{port}");
        Assert.Equal(200, result.GetProperty("batches").GetInt32());
        Assert.Equal("real.person", result.GetProperty("user").GetString());
        Assert.Equal((200, "invalid_grant"), (result.GetProperty("refreshed").GetInt32(), result.GetProperty("reused").GetString()));

        // The same refresh token twice: whoever shows it has stolen it, so nothing of that sign-in is good any more.
        Assert.Equal(401, result.GetProperty("afterReuse").GetInt32());
        Assert.True(result.GetProperty("operations").GetInt32() > 20, "The reference shows no interfaces.");
        Assert.Empty(result.GetProperty("errors").EnumerateArray().Select(e => e.GetString()));
    }

    private static async Task<JsonElement> ScriptAsync(string name, params string[] arguments)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Packages, "node_modules", "playwright-core")) && Peer.Find("chromium") is not null, "chromium or playwright-core is not here: run tests/install-peers");
        var script = Path.Combine(Packages, name);
        File.Copy(Repository.File($"tests/EndToEnd/Server/{name}"), script, overwrite: true);
        using var process = Peer.Start("env", ["-C", Packages, "node", script, .. arguments]);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(late.Token);
        Assert.True(process.ExitCode == 0, await error);
        return JsonElement.Parse((await output).Trim());
    }
}
