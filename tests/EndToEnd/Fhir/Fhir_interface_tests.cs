using System.Net;
using System.Text.Json;
using Xunit;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>FHIR R4 through HTTP: what was loaded comes back, searches give what they should and nothing else, and nobody gets further than the rights.</summary>
[Collection(nameof(FhirServer))]
public sealed class Fhir_interface_tests(FhirServer server)
{
    [Fact]
    public async Task The_capability_statement_needs_no_token_and_names_types_and_parameters()
    {
        using var answer = await server.FhirAsync("metadata", role: null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var statement = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(("CapabilityStatement", "4.0.1"), (statement.GetProperty("resourceType").GetString(), statement.GetProperty("fhirVersion").GetString()));
        var resources = statement.GetProperty("rest")[0].GetProperty("resource").EnumerateArray().ToDictionary(r => r.GetProperty("type").GetString()!, r => At(r, "searchParam.name").Select(n => n.GetString()!).ToList());
        Assert.Subset(resources["Observation"].ToHashSet(), new HashSet<string> {"_id", "category", "code", "date", "encounter", "identifier", "patient", "status", "subject", "value-quantity" });
        Assert.Subset(resources["Patient"].ToHashSet(), new HashSet<string> {"_id", "birthdate", "gender", "address-city", "identifier", "name", "family", "given" });
        Assert.DoesNotContain("telecom", resources["Patient"]);
    }

    [Theory]
    [InlineData("Patient")]
    [InlineData("Encounter")]
    [InlineData("Observation")]
    [InlineData("Condition")]
    [InlineData("Procedure")]
    [InlineData("Immunization")]
    [InlineData("MedicationRequest")]
    [InlineData("DiagnosticReport")]
    [InlineData("AllergyIntolerance")]
    [InlineData("Organization")]
    [InlineData("Practitioner")]
    public async Task What_is_found_is_what_was_loaded_and_reads_the_same(string type)
    {
        // A doctor sees the own institution only; institutions are looked at by who sees all of them.
        var role = type == "Organization" ? "data_engineer" : "doctor";
        var found = await server.AllAsync($"{type}?_count=500", role);
        var panels = type == "Observation" ? server.Originals[type].Sum(o => At(o, "component").Count()) - server.Originals[type].Count(o => At(o, "component").Any()) : 0;
        Assert.Equal(server.Originals[type].DistinctBy(o => Text(o, "id")).Count() + panels, found.Count);
        Assert.Equal(found.Count, found.Select(f => Text(f, "id")).Distinct().Count());
        foreach (var one in found.Take(3))
            Assert.Equal(one.GetRawText(), (await server.GetAsync($"{type}/{Text(one, "id")}", role)).GetRawText());
    }

    /// <summary>What of a resource the registry maps, as the original has it, as it is written, and how both are made alike.</summary>
    private static readonly Dictionary<string, (string Written, string Original, Func<string?, string?> Alike)[]> s_mapped = new()
    {
        ["Observation"] = [Same("code.coding.code"), Same("code.coding.system"), Same("code.text"), ("valueQuantity.value", "valueQuantity.value", Number15), Same("valueQuantity.unit"), Time("effectiveDateTime"), Same("category.coding.code"), Same("category.coding.system"), Id("encounter")],
        ["Encounter"] = [Same("class.code"), Same("class.system"), Same("status"), Same("type.text"), Time("period.start"), Time("period.end"), Id("serviceProvider")],
        ["Condition"] = [Same("code.coding.code"), Same("code.coding.system"), Same("code.text"), Same("clinicalStatus.coding.code"), Same("clinicalStatus.coding.system"), Same("verificationStatus.coding.code"), Time("onsetDateTime"), Time("abatementDateTime"), Time("recordedDate"), Id("encounter")],
        ["Procedure"] = [Same("code.coding.code"), Same("code.coding.system"), Same("code.text"), Same("status"), Time("performedPeriod.start"), Time("performedPeriod.end"), Id("encounter")],
        ["Immunization"] = [Same("vaccineCode.coding.code"), Same("vaccineCode.coding.system"), Same("vaccineCode.text"), Same("status"), Time("occurrenceDateTime"), Id("encounter")],
        ["MedicationRequest"] = [Same("medicationCodeableConcept.coding.code"), Same("medicationCodeableConcept.coding.system"), Same("medicationCodeableConcept.text"), Same("status"), Time("authoredOn"), Id("encounter"), Id("requester")],
        ["DiagnosticReport"] = [Same("code.coding.code"), Same("code.coding.system"), Same("code.text"), Same("status"), Time("effectiveDateTime"), Time("issued"), Id("encounter")],
        ["Organization"] = [Same("name"), Same("address.city"), Same("address.postalCode"), Same("telecom.value"), Same("active")],
    };

    private static (string, string, Func<string?, string?>) Same(string path) => (path, path, t => t);

    private static (string, string, Func<string?, string?>) Time(string path) => (path, path, Clock);

    /// <summary>An original refers by <c>urn:uuid:</c> and id; what is written has that id as the number of the institution.</summary>
    private static (string, string, Func<string?, string?>) Id(string path) => ($"{path}.identifier.value", $"{path}.reference", t => t?[(t.LastIndexOf(':') + 1)..]);

    private static string? Number15(string? number) => number is null ? null : double.Parse(number, System.Globalization.CultureInfo.InvariantCulture).ToString("G15", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task Every_mapped_element_comes_back_as_it_was()
    {
        var persons = new Dictionary<string, string>();
        foreach (var (type, elements) in s_mapped)
        {
            var originals = server.Originals[type].DistinctBy(o => Text(o, "id")).ToDictionary(o => Text(o, "id")!);
            var compared = 0;
            foreach (var written in await server.AllAsync($"{type}?_count=1000", type == "Organization" ? "data_engineer" : "doctor"))
            {
                var original = originals[Number(written)];
                if (At(original, "component").Any()) continue;
                foreach (var (to, from, alike) in elements)
                {
                    Assert.True(alike(Text(original, from)) == alike(Text(written, to)), $"{type} {to}: {Text(original, from)} came back as {Text(written, to)}");
                    compared++;
                }

                if (Text(written, "valueQuantity.code") is { } unit) Assert.Equal(Text(original, "valueQuantity.code"), unit);
                if ((Text(original, "subject.reference") ?? Text(original, "patient.reference")) is { } person)
                    Assert.Equal(persons.TryAdd(person, Text(written, "subject.reference") ?? Text(written, "patient.reference")!) ? Text(written, "subject.reference") ?? Text(written, "patient.reference") : persons[person], Text(written, "subject.reference") ?? Text(written, "patient.reference"));
            }

            Assert.True(compared > 10, type);
        }

        // One Patient a person, and the references lead to them.
        Assert.Equal(persons.Count, persons.Values.Distinct().Count());
        var patients = await server.AllAsync("Patient?_count=3");
        Assert.Equal(persons.Values.Order(), patients.Select(p => $"Patient/{Text(p, "id")}").Order());
        foreach (var (person, reference) in persons)
        {
            var (original, written) = (server.Originals["Patient"].Single(p => $"urn:uuid:{Text(p, "id")}" == person), await server.GetAsync(reference));
            foreach (var path in new[] { "gender", "birthDate", "maritalStatus.coding.code", "address.city", "address.postalCode" }) Assert.Equal(Text(original, path), Text(written, path));
            Assert.Equal(Clock(Text(original, "deceasedDateTime")), Clock(Text(written, "deceasedDateTime")));
            Assert.False(written.TryGetProperty("name", out _) || written.TryGetProperty("telecom", out _) || written.GetProperty("address")[0].TryGetProperty("line", out _));
        }
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("data_engineer")]
    public async Task Every_resource_is_a_sound_one_of_R4(string role)
    {
        var statement = await server.GetAsync("metadata", role);
        var problems = new SortedSet<string>(StringComparer.Ordinal);
        var seen = 0;
        foreach (var type in At(statement, "rest.resource.type").Select(t => t.GetString()!))
        {
            foreach (var resource in await server.AllAsync($"{type}?_count=1000", role))
            {
                seen++;
                Judge(resource, type);
            }
        }

        Judge(statement, "CapabilityStatement");
        Judge(await server.GetAsync("Observation?_count=5&_include=*&colour=1", role, null, ("Prefer", "handling=lenient")), "Bundle");
        Assert.True(seen > 500);
        Assert.Empty(problems);

        void Judge(JsonElement resource, string type)
        {
            var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(resource.GetRawText()));
            if (!Hl7.Fhir.Serialization.FhirJsonDeserializer.STRICT.TryDeserializeResource(ref reader, out _, out var issues))
                problems.UnionWith(issues.Select(i => $"{type} {System.Text.RegularExpressions.Regex.Replace(i.Message, @"\[\d+\]|\d+", "#")}"));
        }
    }

    [Fact]
    public async Task A_read_tells_its_version_and_is_not_sent_twice()
    {
        var id = Text((await server.GetAsync("Condition?_count=1")).GetProperty("entry")[0].GetProperty("resource"), "id");
        using var first = await server.FhirAsync($"Condition/{id}");
        Assert.Equal("W/\"1\"", first.Headers.ETag!.ToString());
        using var again = await server.FhirAsync($"Condition/{id}", headers: ("If-None-Match", "W/\"1\""));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        using var head = await server.FhirAsync($"Condition/{id}", method: HttpMethod.Head);
        Assert.Equal((HttpStatusCode.OK, first.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("GET", "Nothing", 404, "fhir.type")]
    [InlineData("GET", "Patient/0", 404, "fhir.unknown")]
    [InlineData("GET", "Patient/x/y/z", 404, "fhir.place")]
    [InlineData("GET", "Patient/0/_history", 404, "fhir.unknown")]
    [InlineData("GET", "Patient/0/_history/1", 404, "fhir.unknown")]
    [InlineData("GET", "Patient?_format=ttl", 406, "fhir.format")]
    [InlineData("DELETE", "Patient/0", 405, "fhir.read-only")]
    public async Task What_is_not_done_says_so(string method, string address, int status, string code)
    {
        using var answer = await server.FhirAsync(address, method: new(method));
        Assert.Equal((status, code), ((int)answer.StatusCode, await FhirServer.CodeAsync(answer)));
    }

    [Fact]
    public async Task An_outcome_speaks_the_callers_language()
    {
        using var chinese = await server.FhirAsync("Nothing", headers: ("Accept-Language", "zh-CN"));
        var outcome = JsonElement.Parse(await chinese.Content.ReadAsStringAsync());
        Assert.Equal("请使用消息中列出的资源类型。", Text(outcome, "issue.details.text"));
        Assert.StartsWith("不提供这种类型的资源;可用的有 ", Text(outcome, "issue.diagnostics"), StringComparison.Ordinal);
        using var page = await server.FhirAsync("Patient", headers: ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.NotAcceptable, page.StatusCode);
    }
}
