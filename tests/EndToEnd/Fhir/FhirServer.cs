using System.Net.Http.Headers;
using System.Text.Json;
using Xunit;
using Yunnao.Server;
using Yunnao.Tests.EndToEnd.Server;
using Yunnao.Tests.Formats;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>The whole server over the shipped registry and Synthea's bundles of a few patients, and those bundles beside it.</summary>
public sealed class FhirServer() : TestServer(null, o => o.Standards = Repository.File("standards"))
{
    private const int Patients = 5;

    /// <summary>The resource of which a second version came, as it was before.</summary>
    internal JsonElement Superseded { get; private set; }

    /// <summary>After the first load and before the second version.</summary>
    internal DateTimeOffset Between { get; private set; }

    /// <summary>Every resource that was loaded, as it is now, by type.</summary>
    internal ILookup<string, JsonElement> Originals { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        string[] files = [.. ClinicalData.Files("fhir-synthea-r4/bundles").Take(Patients), .. ClinicalData.Files("fhir-synthea-r4", "*Information*.json")];
        var loaded = files.SelectMany(f => JsonElement.Parse(File.ReadAllBytes(f)).GetProperty("entry").EnumerateArray()).Select(e => e.GetProperty("resource")).ToList();
        Superseded = loaded.First(r => r.GetProperty("resourceType").GetString() == "MedicationRequest" && r.GetProperty("status").GetString() == "stopped");
        var newer = System.Text.Json.Nodes.JsonNode.Parse(Superseded.GetRawText())!;
        newer["status"] = "active";
        Originals = loaded.Select(r => r.Equals(Superseded) ? JsonElement.Parse(newer.ToJsonString()) : r).ToLookup(r => r.GetProperty("resourceType").GetString()!);
        var update = Path.Combine(Options.Folder, "update.json");
        using (var platform = Platform.Open(Options.Standards, Options.Folder).Value)
        {
            await foreach (var outcome in platform.Ingest.IngestAsync(new(files, "fhir-r4"), null, default)) Assert.Null(outcome.Problem);
            Between = TimeProvider.System.GetUtcNow();
            await File.WriteAllTextAsync(update, $$"""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{{newer.ToJsonString()}}}]}""");
            await foreach (var outcome in platform.Ingest.IngestAsync(new([update], "fhir-r4"), null, default)) Assert.Null(outcome.Problem);
        }

        await WithAccountsAsync(async room =>
        {
            foreach (var role in Roles)
                Secrets[role] = (await room.ApplicationsAsync(d => d.CreateAsync(new($"app-{role}", null, [role], ["fhir-r4"], []), "test", default))).Value.Secret!;
        });
        await StartAsync();
    }

    /// <summary>Calls an address under <c>/fhir</c>.</summary>
    internal async Task<HttpResponseMessage> FhirAsync(string address, string? role = "doctor", HttpMethod? method = null, string? form = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method ?? (form is null ? HttpMethod.Get : HttpMethod.Post), address.StartsWith("http", StringComparison.Ordinal) ? address : $"fhir/{address}");
        if (form is not null) request.Content = new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        if (role is not null) request.Headers.Add("Authorization", $"Bearer {await TokenAsync(role)}");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    /// <summary>The resource at an address.</summary>
    internal async Task<JsonElement> GetAsync(string address, string role = "doctor", string? form = null, params (string Name, string Value)[] headers)
    {
        using var answer = await FhirAsync(address, role, form: form, headers: headers);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{address} {(int)answer.StatusCode} {text}");
        Assert.Equal("application/fhir+json", answer.Content.Headers.ContentType!.MediaType);
        return JsonElement.Parse(text);
    }

    /// <summary>Every resource of a search, page after page.</summary>
    internal async Task<List<JsonElement>> AllAsync(string address, string role = "doctor", string? form = null, params (string Name, string Value)[] headers)
    {
        var (all, page) = (new List<JsonElement>(), await GetAsync(address, role, form, headers));
        while (true)
        {
            all.AddRange(Entries(page));
            if (Link(page, "next") is not { } next) return all;
            page = await GetAsync(next, role, null, headers);
        }
    }

    internal static IEnumerable<JsonElement> Entries(JsonElement bundle) =>
        bundle.TryGetProperty("entry", out var entries) ? entries.EnumerateArray().Where(e => e.GetProperty("search").GetProperty("mode").GetString() == "match").Select(e => e.GetProperty("resource")) : [];

    internal static string? Link(JsonElement bundle, string relation) =>
        bundle.GetProperty("link").EnumerateArray().Where(l => l.GetProperty("relation").GetString() == relation).Select(l => l.GetProperty("url").GetString()).SingleOrDefault();
}
