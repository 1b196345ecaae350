using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Server;
using Yunnao.Server.Accounts;
using Yunnao.Standards;

namespace Yunnao.Cli.Demo;

/// <summary>The end of the demo: one account a role, an application, the server, a token, and three requests that work.</summary>
internal sealed class DemoServer(Registry registry, ServerOptions options, Terminal terminal)
{
    private const string Application = "demo", Json = "application/json";

    /// <summary>Three things that an application asks: what was loaded, a question as a tree, a question as SQL with its answer as CSV.</summary>
    private static readonly (string Address, string Accept, string? Body)[] Requests =
    [
        ("api/v1/batches?most=3", Json, null),
        ("api/v1/query", Json, """{"purpose": "quality", "query": {"data_set": "lab.result", "outputs": [{"name": "item_code"}, {"aggregate": "count"}], "order": [{"name": "item_code"}], "limit": 5}}"""),
        ("api/v1/query", "text/csv", """{"purpose": "quality", "sql": "SELECT _org, count(*) AS results, min(report_time) AS first, max(report_time) AS last FROM lab.result GROUP BY 1 ORDER BY 1"}"""),
    ];

    private string _secret = "";

    /// <summary>Makes the accounts and the application.</summary>
    public async Task<Problem?> PrepareAsync(CancellationToken cancellation)
    {
        if (!(await AccountsRoom.OpenAsync(options, registry, cancellation).ConfigureAwait(false)).Try(out var room, out var problem)) return problem;
        await using (room.ConfigureAwait(false))
        {
            var text = terminal.Text;
            var listing = new Listing(text["account.name"], text["account.roles"], text["demo.password"]);
            foreach (var role in registry.Policies.Roles.Values.Where(r => r.Id != "application"))
            {
                var made = await room.AccountsAsync(desk => desk.CreateAsync(new(role.Id.Replace('_', '-'), role.Name.In(text.Language), [role.Id], []), "local:demo", cancellation)).ConfigureAwait(false);
                if (!made.Try(out var account, out problem)) return problem;
                listing.Add(account.Account.Name, role.Name.In(text.Language), account.Password);
            }

            var application = await room.ApplicationsAsync(desk => desk.CreateAsync(new(Application, null, ["data_engineer"], [], []), "local:demo", cancellation)).ConfigureAwait(false);
            if (!application.Try(out var created, out problem)) return problem;
            _secret = created.Secret!;
            terminal.Print(listing);
            return null;
        }
    }

    /// <summary>Runs the server, tries the requests, and prints them; then goes on until it is told to stop, or ends.</summary>
    public async Task<Problem?> RunAsync(bool stay, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<Problem?> shown = Task.FromResult<Problem?>(null);
        var problem = await YunnaoServer.RunAsync(options, ready => shown = ShowAsync(ready, stay, stop), stop.Token).ConfigureAwait(false);
        return problem ?? await shown.ConfigureAwait(false);
    }

    private async Task<Problem?> ShowAsync(ServerReady ready, bool stay, CancellationTokenSource stop)
    {
        var text = terminal.Text;
        var problem = await TryAsync(ready, stop.Token).ConfigureAwait(false);
        if (problem is not null || !stay) await stop.CancelAsync().ConfigureAwait(false);
        if (problem is not null) return problem;
        terminal.Print();
        terminal.Print(text.Format("demo.sign-in", ready.Url + "account"));
        terminal.Print(stay ? text.Format("serve.ready", ready.Url, ready.Url + "reference") : text.Format("demo.again", ready.Url, options.Folder));
        terminal.Out.Flush();
        return null;
    }

    /// <summary>Gets a token and tries each request before it is printed.</summary>
    private async Task<Problem?> TryAsync(ServerReady ready, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = ready.Url };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = Application, ["client_secret"] = _secret, ["scope"] = "yunnao" });
        using var answer = await http.PostAsync("connect/token", form, cancellation).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode) return Failed("connect/token", answer);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation).ConfigureAwait(false)).GetProperty("access_token").GetString()!;
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        terminal.Print();
        terminal.Print(terminal.Text["demo.token"]);
        terminal.Print($"TOKEN={token}");
        terminal.Print(terminal.Text["demo.token.again"]);
        terminal.Print($$"""TOKEN=$(curl -s -d grant_type=client_credentials -d scope=yunnao -d client_id={{Application}} -d client_secret={{_secret}} {{ready.Url}}connect/token | sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')""");
        terminal.Print();
        terminal.Print(terminal.Text["demo.requests"]);
        foreach (var (address, accept, body) in Requests)
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, address);
            request.Headers.Accept.ParseAdd(accept);
            if (body is not null) request.Content = new StringContent(body, null, "application/json");
            using var tried = await http.SendAsync(request, cancellation).ConfigureAwait(false);
            if (!tried.IsSuccessStatusCode) return Failed(address, tried);
            var how = accept == Json ? "" : $" -H \"Accept: {accept}\"";
            terminal.Print(body is null
                ? $"curl -H \"Authorization: Bearer $TOKEN\"{how} \"{ready.Url}{address}\""
                : $"curl -H \"Authorization: Bearer $TOKEN\"{how} -H \"Content-Type: application/json\" -d '{body}' {ready.Url}{address}");
        }

        return null;
    }

    /// <summary>The first port from the usual one on that nobody listens on.</summary>
    public static int FreePort(int first)
    {
        for (var port = first; ; port++)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException) when (port < first + 100)
            {
            }
        }
    }

    private static Problem Failed(string address, HttpResponseMessage answer) =>
        new(ProblemKind.Fault, "demo.request", $"{address} answered {(int)answer.StatusCode}.");
}
