using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Server;
using Yunnao.Server.Accounts;
using Yunnao.Standards.Loading;
using Yunnao.Tests.EndToEnd.Server;
using Yunnao.Tests.EndToEnd.Standards;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Consents;
using Yunnao.Trust.Control;
using Yunnao.Trust.Keys;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>
/// The server with the whole registry over the images of two hospitals: study 1 (CT) and study 3 (ultrasound) are of H1, study 2 (CT) of H2.
/// The images are loaded into the lake, so that their persons are known.
/// </summary>
public sealed class ImageServer : IAsyncLifetime
{
    public const int Slices = 3;
    private static readonly string[] Roles = ["doctor", "researcher", "application", "manager", "data_engineer", "citizen", "system_administrator"];
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-image-rights-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, string> _tokens = [];
    private readonly Dictionary<string, string> _secrets = [];
    private Task<Problem?> _running = Task.FromResult<Problem?>(null);

    internal ServerReady Ready { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    /// <summary>First password of the doctor wang.li.</summary>
    internal string Password { get; private set; } = "";

    /// <summary>The person of each study.</summary>
    internal Dictionary<int, ulong> Subjects { get; } = [];

    public async ValueTask InitializeAsync()
    {
        await IngestAsync("H1", TestImages.Bytes(1, 1), TestImages.Bytes(1, 2), TestImages.Bytes(1, 3), Ultrasound());
        await IngestAsync("H2", TestImages.Bytes(2, 1), TestImages.Bytes(2, 2), TestImages.Bytes(2, 3));
        var standards = Repository.File("standards");
        var loaded = await CliRun.Of("en", "imaging", "load", "--data", _folder, "--standards", standards);
        Assert.True(loaded.ExitCode == 0, loaded.Error);
        foreach (var study in new[] { 1, 2, 3 })
        {
            var query = await CliRun.Of("en", "query", $"SELECT _subject::VARCHAR AS s FROM exam.series WHERE study_uid = '{TestImages.Study(study)}'", "--json", "--data", _folder, "--standards", standards);
            Subjects[study] = ulong.Parse(JsonElement.Parse(query.Out).GetProperty("s").GetString()!);
        }

        var options = new ServerOptions { Folder = _folder, Standards = standards, Port = Ports.Free(), TokensPerMinute = 100_000, TakeImages = true, Viewer = WebPeer.ViewerOrNull, Pictures = (frame, _, _, _, _) => [0xFF, 0xD8, .. frame.Pixels] };
        var room = (await AccountsRoom.OpenAsync(options, RegistryLoader.Load(standards).Registry!, default)).Value;
        await using (room)
        {
            Password = (await room.AccountsAsync(d => d.CreateAsync(new("wang.li", null, ["doctor"], ["H1"]), "test", default))).Value.Password;
            await room.ApplicationsAsync(d => d.CreateAsync(new("viewer", null, [], [], [$"http://127.0.0.1:{options.Port}/images/callback", $"http://127.0.0.1:{options.Port}/images/"], Public: true), "test", default));
            foreach (var role in Roles)
                _secrets[role] = (await room.ApplicationsAsync(d => d.CreateAsync(new($"app-{role}", null, [role], [role == "researcher" ? "UNI" : "H1"], []), "test", default))).Value.Secret!;
        }

        var ready = new TaskCompletionSource<ServerReady>();
        _running = Task.Run(() => YunnaoServer.RunAsync(options, ready.SetResult, _stop.Token));
        await Task.WhenAny(ready.Task, _running);
        if (!ready.Task.IsCompleted) throw new InvalidOperationException($"{await _running}");
        Ready = await ready.Task;
        Http = new() { BaseAddress = Ready.Url };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        Http?.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal async Task<HttpResponseMessage> CallAsync(string address, string role, HttpMethod? method = null, HttpContent? content = null, string accept = "*/*", ulong? subject = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, address) { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(role));
        if (subject is { } one) request.Headers.Add("Yunnao-Subject", $"{one}");
        return await Http.SendAsync(request);
    }

    internal async Task<JsonElement> JsonAsync(string address, string role, ulong? subject = null)
    {
        using var answer = await CallAsync(address, role, accept: "application/dicom+json", subject: subject);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{address}: {(int)answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    internal static async Task<string> CodeAsync(HttpResponseMessage answer) => JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("code").GetString()!;

    /// <summary>What the data sets show a researcher as the subject of CT series.</summary>
    internal async Task<string> PseudonymAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/query") { Content = JsonContent.Create(new { purpose = "research", sql = "SELECT DISTINCT _subject AS s FROM exam.series WHERE modality = 'CT'" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync("researcher"));
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text.Trim()).GetProperty("s").GetString()!;
    }

    internal async Task ConsentAsync(ulong subject, string purpose, ConsentDecision decision)
    {
        Assert.Null(await Ready.Parts!.GetRequiredService<ConsentBook>().RecordAsync(new(subject, purpose, decision, "test") { Recipient = ConsentState.Everybody }));
    }

    internal Task<IReadOnlyList<AuditEntry>> AuditAsync(string role, AuditKind kind) =>
        new AuditReader(Ready.Parts!.GetRequiredService<ControlDb>(), Ready.Parts!.GetRequiredService<KeyRing>()).SearchAsync(new() { Who = $"app-{role}", Kind = kind, What = "images", Limit = 1000 });

    /// <summary>An ultrasound picture of the person of study 1's hospital; nothing says that its pixels are free of writing.</summary>
    private static byte[] Ultrasound()
    {
        var file = DicomReader.Read(TestImages.Bytes(3, 1)).Value;
        return DicomWriter.Write(file with { DataSet = DicomBuilder.From(file.DataSet).Set(Tags.Modality, "US").Build() }).Value;
    }

    private async Task IngestAsync(string organisation, params byte[][] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "in-" + organisation)).FullName;
        for (var i = 0; i < files.Length; i++) await File.WriteAllBytesAsync(Path.Combine(folder, $"{i}.dcm"), files[i]);
        var run = await CliRun.Of("en", "imaging", "ingest", folder, "--organisation", organisation, "--data", _folder);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    internal async Task<string> TokenAsync(string role)
    {
        if (_tokens.TryGetValue(role, out var known)) return known;
        using var answer = await Http.PostAsync("connect/token", TestServer.Form(("grant_type", "client_credentials"), ("client_id", $"app-{role}"), ("client_secret", _secrets[role]), ("scope", "yunnao")));
        return _tokens[role] = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }
}
