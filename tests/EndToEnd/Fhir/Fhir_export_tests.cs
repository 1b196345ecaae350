using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Bulk Data: what the files hold is what searches find, line by line.</summary>
[Collection(nameof(FhirServer))]
public sealed class Fhir_export_tests(FhirServer server)
{
    private static readonly (string, string) s_later = ("Prefer", "respond-async");

    /// <summary>Asks, lets the officer approve, waits, and gives the manifest with the address of its state.</summary>
    private async Task<(JsonElement Manifest, string Status)> ExportAsync(string address, string role = "doctor")
    {
        var status = await BeginAsync(address, role);
        using (var undecided = await server.FhirAsync(status, role))
        {
            Assert.Equal(HttpStatusCode.Accepted, undecided.StatusCode);
            Assert.Contains("officer", undecided.Headers.GetValues("X-Progress").Single(), StringComparison.Ordinal);
            Assert.NotNull(undecided.Headers.RetryAfter);
        }

        await server.JsonAsync(HttpMethod.Post, $"api/v1/exports/{status[(status.LastIndexOf('/') + 1)..]}/approve", "security_administrator", new { days = 1 });
        while (true)
        {
            using var answer = await server.FhirAsync(status, role);
            if (answer.StatusCode == HttpStatusCode.Accepted)
            {
                await Task.Delay(100);
                continue;
            }

            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
            Assert.InRange(answer.Content.Headers.Expires!.Value, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddDays(1));
            return (JsonElement.Parse(text), status);
        }
    }

    private async Task<string> BeginAsync(string address, string role = "doctor")
    {
        using var asked = await server.FhirAsync(address, role, headers: s_later);
        Assert.True(asked.StatusCode == HttpStatusCode.Accepted, await asked.Content.ReadAsStringAsync());
        return asked.Content.Headers.GetValues("Content-Location").Single();
    }

    private async Task<List<JsonElement>> LinesAsync(JsonElement manifest, string type, string role = "doctor")
    {
        var lines = new List<JsonElement>();
        foreach (var file in manifest.GetProperty("output").EnumerateArray().Where(o => o.GetProperty("type").GetString() == type))
        {
            using var answer = await server.FhirAsync(file.GetProperty("url").GetString()!, role);
            Assert.Equal((HttpStatusCode.OK, "application/fhir+ndjson"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            var found = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(file.GetProperty("count").GetInt32(), found.Length);
            lines.AddRange(found.Select(l => JsonElement.Parse(l)));
        }

        return lines;
    }

    [Fact]
    public async Task Everything_in_bulk_is_what_searches_find()
    {
        var (manifest, status) = await ExportAsync("$export?_typeFilter=Condition%3Fclinical-status%3Dresolved&_outputFormat=application/fhir%2Bndjson");
        Assert.True(manifest.GetProperty("requiresAccessToken").GetBoolean());
        var types = At(manifest, "output.type").Select(t => t.GetString()!).Distinct().ToList();
        Assert.Subset(types.ToHashSet(), new HashSet<string> { "Patient", "Encounter", "Observation", "Condition", "MedicationRequest", "Practitioner" });
        foreach (var type in types)
        {
            var wanted = await server.AllAsync(type == "Condition" ? "Condition?clinical-status=resolved&_count=1000" : $"{type}?_count=1000");
            Assert.Equal(wanted.Select(w => w.GetRawText()).Order(StringComparer.Ordinal), (await LinesAsync(manifest, type)).Select(l => l.GetRawText()).Order(StringComparer.Ordinal));
        }

        // They are the recipient's alone, and gone when it says so.
        var file = At(manifest, "output.url").First().GetString()!;
        using (var other = await server.FhirAsync(file, "data_engineer")) Assert.Equal("export.unknown", await FhirServer.CodeAsync(other));
        using (var gone = await server.FhirAsync(status, method: HttpMethod.Delete)) Assert.Equal(HttpStatusCode.Accepted, gone.StatusCode);
        using (var again = await server.FhirAsync(status)) Assert.Equal((HttpStatusCode.NotFound, "export.unknown"), (again.StatusCode, await FhirServer.CodeAsync(again)));
        using (var closed = await server.FhirAsync(file)) Assert.Equal(HttpStatusCode.NotFound, closed.StatusCode);
    }

    [Fact]
    public async Task News_of_persons_by_pseudonym_and_those_of_an_institution()
    {
        var (manifest, _) = await ExportAsync($"Patient/$export?_type=MedicationRequest,Patient&_since={server.Between.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)}", "data_engineer");
        var news = Assert.Single(await LinesAsync(manifest, "MedicationRequest", "data_engineer"));
        Assert.Equal("2", Text(news, "meta.versionId"));
        Assert.Matches("^Patient/[0-9a-f]{32}$", Text(news, "subject.reference"));
        Assert.Empty(await LinesAsync(manifest, "Patient", "data_engineer"));

        var (ofGroup, _) = await ExportAsync("Group/fhir-r4/$export?_type=Encounter");
        Assert.Equal(server.Originals["Encounter"].Count(), (await LinesAsync(ofGroup, "Encounter")).Count);
        var withdrawn = await BeginAsync("Group/fhir-r4/$export");
        using (var gone = await server.FhirAsync(withdrawn, method: HttpMethod.Delete)) Assert.Equal(HttpStatusCode.Accepted, gone.StatusCode);
        using var after = await server.CallAsync(HttpMethod.Post, $"api/v1/exports/{withdrawn[(withdrawn.LastIndexOf('/') + 1)..]}/approve", await server.TokenAsync("security_administrator"));
        Assert.Equal("export.decided", await FhirServer.CodeAsync(after));
    }

    [Theory]
    [InlineData("$export?_type=Nothing", "doctor", "fhir.value")]
    [InlineData("$export?_since=yesterday", "doctor", "fhir.value")]
    [InlineData("$export?_outputFormat=text/csv", "doctor", "fhir.value")]
    [InlineData("$export?colour=blue", "doctor", "fhir.parameter")]
    [InlineData("$export?_typeFilter=Observation", "doctor", "fhir.value")]
    [InlineData("$export?_typeFilter=Observation%3Fcolour%3Dblue", "doctor", "fhir.parameter")]
    [InlineData("$export", "application", "scope.subject")]
    [InlineData("$export/nothing", "doctor", "export.unknown")]
    [InlineData("Group/nobody/$export", "doctor", "fhir.group")]
    public async Task What_cannot_be_exported_says_why(string address, string role, string code)
    {
        using var answer = await server.FhirAsync(address, role, headers: s_later);
        Assert.Equal(code, await FhirServer.CodeAsync(answer));
    }

    [Fact]
    public async Task An_export_is_asked_for_as_one_that_is_answered_later()
    {
        using var answer = await server.FhirAsync("$export");
        Assert.Equal((HttpStatusCode.BadRequest, "fhir.prefer"), (answer.StatusCode, await FhirServer.CodeAsync(answer)));
    }
}
