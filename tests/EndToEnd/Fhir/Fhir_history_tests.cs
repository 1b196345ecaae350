using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Hl7.Fhir.Serialization;
using Xunit;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Versions that newer ones superseded, what a caller has already, and resources as XML.</summary>
[Collection(nameof(FhirServer))]
public sealed class Fhir_history_tests(FhirServer server)
{
    private static readonly JsonSerializerOptions s_fhir = new JsonSerializerOptions().ForFhir(Hl7.Fhir.Model.ModelInfo.ModelInspector);

    private async Task<string> IdAsync() => Text((await server.AllAsync("MedicationRequest/_search", form: $"identifier={Text(server.Superseded, "id")}")).Single(), "id")!;

    [Fact]
    public async Task Each_version_is_there_as_it_was_and_the_history_tells_all()
    {
        var id = await IdAsync();
        var (before, now) = (await server.GetAsync($"MedicationRequest/{id}/_history/1"), await server.GetAsync($"MedicationRequest/{id}"));
        Assert.Equal((Text(server.Superseded, "status"), "1"), (Text(before, "status"), Text(before, "meta.versionId")));
        Assert.Equal(("active", "2"), (Text(now, "status"), Text(now, "meta.versionId")));
        Assert.Equal(now.GetRawText(), (await server.GetAsync($"MedicationRequest/{id}/_history/2")).GetRawText());
        foreach (var missing in new[] { $"MedicationRequest/{id}/_history/3", $"MedicationRequest/{id}/_history/x", $"Condition/{id}/_history/1", $"MedicationRequest/{id}0/_history" })
        {
            using var answer = await server.FhirAsync(missing);
            Assert.Equal((HttpStatusCode.NotFound, "fhir.unknown"), (answer.StatusCode, await FhirServer.CodeAsync(answer)));
        }

        var history = await server.GetAsync($"MedicationRequest/{id}/_history");
        Assert.Equal(("history", 2), (Text(history, "type"), history.GetProperty("total").GetInt32()));
        Assert.Equal(new[] { now.GetRawText(), before.GetRawText() }, history.GetProperty("entry").EnumerateArray().Select(e => e.GetProperty("resource").GetRawText()));
        Assert.Equal(new[] { "PUT", "POST" }, At(history, "entry.request.method").Select(m => m.GetString()));

        // A page at a time it is the same, and of a type all versions of all.
        var first = await server.GetAsync($"MedicationRequest/{id}/_history?_count=1");
        var second = await server.GetAsync(FhirServer.Link(first, "next")!);
        Assert.Equal(before.GetRawText(), second.GetProperty("entry")[0].GetProperty("resource").GetRawText());
        Assert.Null(FhirServer.Link(second, "next"));
        var ofType = await server.GetAsync("MedicationRequest/_history?_count=1000");
        Assert.Equal(server.Originals["MedicationRequest"].Count() + 1, ofType.GetProperty("entry").GetArrayLength());
        var since = server.Between.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        Assert.Equal(now.GetRawText(), Assert.Single((await server.GetAsync($"_history?_since={since}")).GetProperty("entry").EnumerateArray()).GetProperty("resource").GetRawText());
        Judge(history);
    }

    [Fact]
    public async Task Versions_are_under_the_same_right_as_what_is_there_now()
    {
        var id = await IdAsync();
        var person = Text(await server.GetAsync($"MedicationRequest/{id}"), "subject.reference")!["Patient/".Length..];
        using (var unnamed = await server.FhirAsync($"MedicationRequest/{id}/_history/1", "application"))
            Assert.Equal("scope.subject", await FhirServer.CodeAsync(unnamed));
        using (var closed = await server.FhirAsync($"MedicationRequest/{id}/_history", "researcher"))
            Assert.NotEqual(HttpStatusCode.OK, closed.StatusCode);
        using (var stranger = await server.FhirAsync($"MedicationRequest/{id}/_history/1", "data_engineer"))
            Assert.Equal("fhir.unknown", await FhirServer.CodeAsync(stranger));
        Assert.DoesNotContain(person, (await server.GetAsync("Patient", "data_engineer")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_caller_has_is_not_sent_again()
    {
        var id = await IdAsync();
        using var read = await server.FhirAsync($"MedicationRequest/{id}");
        Assert.Equal("W/\"2\"", read.Headers.ETag!.ToString());
        var modified = read.Content.Headers.LastModified!.Value;
        Assert.InRange(modified, server.Between.AddSeconds(-1), TimeProvider.System.GetUtcNow());
        foreach (var (name, value, status) in new[]
        {
            ("If-Modified-Since", modified.ToString("R"), HttpStatusCode.NotModified), ("If-Modified-Since", modified.AddSeconds(-2).ToString("R"), HttpStatusCode.OK),
            ("If-None-Match", "W/\"2\"", HttpStatusCode.NotModified), ("If-None-Match", "W/\"1\"", HttpStatusCode.OK),
        })
        {
            using var again = await server.FhirAsync($"MedicationRequest/{id}", headers: (name, value));
            Assert.Equal(status, again.StatusCode);
        }
    }

    [Fact]
    public async Task The_same_resources_as_xml()
    {
        foreach (var address in new[] { "Observation?_count=20&_include=*", $"MedicationRequest/{await IdAsync()}", "metadata", "Condition?_count=3&_summary=true" })
        {
            var json = await server.GetAsync(address);
            using var answer = await server.FhirAsync(address, headers: ("Accept", "application/fhir+xml"));
            Assert.Equal("application/fhir+xml", answer.Content.Headers.ContentType!.MediaType);
            var xml = await answer.Content.ReadAsStringAsync();
            Assert.Equal(Text(json, "resourceType"), XDocument.Parse(xml).Root!.Name.LocalName);
            var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(json.GetRawText()));
            Assert.True(Hl7.Fhir.Serialization.FhirJsonDeserializer.STRICT.TryDeserializeResource(ref reader, out var one, out _));
            var other = new Hl7.Fhir.Serialization.BaseFhirXmlDeserializer(Hl7.Fhir.Model.ModelInfo.ModelInspector);
            Assert.True(other.TryDeserializeResource(System.Xml.XmlReader.Create(new StringReader(xml)), out var two, out var issues), string.Join('\n', issues));
            Assert.Equal(JsonSerializer.Serialize(one, s_fhir), JsonSerializer.Serialize(two, s_fhir));
        }

        using var missing = await server.FhirAsync("Patient/0?_format=xml");
        var outcome = XDocument.Parse(await missing.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.NotFound, "OperationOutcome"), (missing.StatusCode, outcome.Root!.Name.LocalName));
        Assert.Contains("fhir.unknown", outcome.ToString(), StringComparison.Ordinal);
    }

    private static void Judge(JsonElement resource)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(resource.GetRawText()));
        Assert.True(Hl7.Fhir.Serialization.FhirJsonDeserializer.STRICT.TryDeserializeResource(ref reader, out _, out var issues), string.Join('\n', issues.Select(i => i.Message)));
    }
}
