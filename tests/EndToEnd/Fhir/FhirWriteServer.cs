using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;
using Xunit;
using Yunnao.Services.RegistryImport;
using Yunnao.Tests.EndToEnd.Server;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>An empty platform over the shipped registry, and applications of two hospitals that write to it.</summary>
public sealed class FhirWriteServer() : TestServer(null, o => o.Standards = Path.Combine(Path.GetDirectoryName(o.Folder)!, "registry"))
{
    private static readonly string[] s_profiles = ["bodyheight", "vitalsigns"], s_valueSets = ["ucum-bodylength", "observation-vitalsignresult"];

    /// <summary>True when the definitions of FHIR R4 are beside the checkout, so that the registry has profiles.</summary>
    internal bool HasProfiles { get; private set; }

    public override async ValueTask InitializeAsync()
    {
        CopyRegistry();
        await WithAccountsAsync(async room =>
        {
            foreach (var (name, role, organisations) in new (string, string, string[])[] { ("writer", "application", ["W1"]), ("other", "application", ["W2"]), ("both", "application", ["W1", "W2"]), ("doctor", "doctor", ["W1"]), ("engineer", "data_engineer", []), ("auditor", "audit_administrator", []) })
                Secrets[name] = (await room.ApplicationsAsync(d => d.CreateAsync(new($"app-{name}", null, [role], organisations, []), "test", default))).Value.Secret!;
        });
        await StartAsync();
    }

    /// <summary>The shipped registry, with two profiles of FHIR R4 imported as a user imports them.</summary>
    private void CopyRegistry()
    {
        var shipped = Repository.File("standards");
        foreach (var file in Directory.EnumerateFiles(shipped, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Options.Standards, Path.GetRelativePath(shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        if (Path.GetFullPath(Repository.File("../shared/data/standards/fhir-r4-definitions")) is var definitions && !Directory.Exists(definitions)) return;
        HasProfiles = true;
        var some = Path.Combine(Options.Folder, "..", "definitions.ndjson");
        File.WriteAllLines(some, Lines("StructureDefinition", s_profiles).Concat(Lines("ValueSet", s_valueSets)));
        var imported = RegistryImporter.Run(new("fhir", [some], Options.Standards, new()));
        Assert.True(imported.Ok, imported.Problem?.ToString());

        // The data sets that the import makes of profiles are not of this test, and need decisions of people.
        File.Copy(Repository.File("standards/datasets.csv"), Path.Combine(Options.Standards, "datasets.csv"), overwrite: true);
        foreach (var item in Directory.EnumerateFiles(Path.Combine(Options.Standards, "items"), "fhir.*")) File.Delete(item);

        IEnumerable<string> Lines(string type, string[] ids)
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(definitions, $"{type}.ndjson.gz")), CompressionMode.Decompress));
            while (reader.ReadLine() is { } line)
                if (ids.Any(id => line.Contains($"\"id\":\"{id}\"", StringComparison.Ordinal) || line.Contains($"\"id\": \"{id}\"", StringComparison.Ordinal)) && ids.Contains(JsonElement.Parse(line).GetProperty("id").GetString())) yield return line;
        }
    }

    /// <summary>Sends to an address under <c>/fhir</c>, or reads it, for care.</summary>
    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, string? body = null, string? who = "writer", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, address.StartsWith("http", StringComparison.Ordinal) ? address : $"fhir{(address.Length == 0 ? "" : "/")}{address}");
        if (body is not null) request.Content = new StringContent(body, new MediaTypeHeaderValue("application/fhir+json"));
        if (who is not null) request.Headers.Add("Authorization", $"Bearer {await TokenAsync(who)}");
        request.Headers.TryAddWithoutValidation("Yunnao-Purpose", "care");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    /// <summary>Sends, and gives status and answer.</summary>
    internal async Task<(int Status, JsonElement Body, HttpResponseMessage Answer)> JsonAsync(HttpMethod method, string address, string? body = null, string? who = "writer", params (string Name, string Value)[] headers)
    {
        var answer = await SendAsync(method, address, body, who, headers);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text), answer);
    }

    /// <summary>Codes and expressions of an OperationOutcome.</summary>
    internal static List<(string Code, string? Expression)> Issues(JsonElement outcome)
    {
        Assert.Equal("OperationOutcome", outcome.GetProperty("resourceType").GetString());
        return [.. outcome.GetProperty("issue").EnumerateArray().Select(i => (i.GetProperty("details").GetProperty("coding")[0].GetProperty("code").GetString()!, i.TryGetProperty("expression", out var e) ? e[0].GetString() : null))];
    }

    internal async Task<List<JsonElement>> AllAsync(string address, string who = "writer")
    {
        var (all, next) = (new List<JsonElement>(), (string?)address);
        while (next is not null)
        {
            var (status, page, _) = await JsonAsync(HttpMethod.Get, next, who: who);
            Assert.True(status == 200, $"{next} {page}");
            all.AddRange(FhirServer.Entries(page));
            next = FhirServer.Link(page, "next");
        }

        return all;
    }
}
