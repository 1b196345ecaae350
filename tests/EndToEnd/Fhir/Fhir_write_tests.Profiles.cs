using System.Text.Json.Nodes;
using Xunit;
using static Yunnao.Tests.EndToEnd.Fhir.FhirBodies;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;
using static Yunnao.Tests.EndToEnd.Fhir.FhirWriteServer;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Profiles of the registry: a resource that names one is held against it, when it is tried and when it is written.</summary>
public sealed partial class Fhir_write_tests
{
    private const string BodyHeight = "http://hl7.org/fhir/StructureDefinition/bodyheight";

    /// <summary>A body height as its profile wants it, changed.</summary>
    private static string Height(string patient, Action<JsonNode>? change = null, string? profile = BodyHeight)
    {
        var height = JsonNode.Parse(Observation(patient, 170, code: "8302-2"))!;
        if (profile is not null) height["meta"] = new JsonObject { ["profile"] = new JsonArray(profile) };
        (height["valueQuantity"]!["unit"], height["valueQuantity"]!["code"]) = ("cm", "cm");
        change?.Invoke(height);
        return height.ToJsonString();
    }

    [Fact]
    public async Task A_resource_is_held_against_the_profile_that_it_names()
    {
        Assert.SkipUnless(server.HasProfiles, "The shared definitions are not beside the repository.");
        var patient = $"Patient/{await CreateAsync("Patient", Patient(family: "Profile"))}";
        var good = await server.JsonAsync(HttpMethod.Post, "Observation/$validate", Height(patient));
        Assert.Equal("information", Text(good.Body, "issue.severity"));
        foreach (var (change, code, expression) in new (Action<JsonNode>, string, string)[]
        {
            (o => o["category"]![0]!["coding"]![0]!["code"] = "laboratory", "fhir.profile-cardinality", "Observation.category"),
            (o => o.AsObject().Remove("category"), "fhir.profile-cardinality", "Observation.category"),
            (o => o["valueQuantity"]!["code"] = "kg", "fhir.profile-code", "Observation.valueQuantity.code"),
            (o => o["valueQuantity"]!["system"] = "http://example.org/units", "fhir.profile-value", "Observation.valueQuantity.system"),
            (o => o["valueQuantity"]!.AsObject().Remove("unit"), "fhir.profile-cardinality", "Observation.valueQuantity.unit"),
            (o => { o.AsObject().Remove("valueQuantity"); o["valueString"] = "tall"; }, "fhir.profile-type", "Observation.valueString"),
            (o => o["code"]!["coding"]![0]!["code"] = "8867-4", "fhir.profile-cardinality", "Observation.code.coding"),
            (o => o.AsObject().Remove("valueQuantity"), "fhir.profile-invariant", "Observation"),
            (o => o["subject"]!["reference"] = "Group/1", "fhir.profile-reference", "Observation.subject"),
            (o => o["subject"]!["reference"] = "Practitioner/1", "fhir.reference-type", "Observation.subject.reference"),
            (o => o["colour"] = "blue", "fhir.element", "Observation.colour"),
        })
        {
            var body = Height(patient, change);
            var (status, outcome, _) = await server.JsonAsync(HttpMethod.Post, "Observation/$validate", body);
            Assert.True(status == 200 && Issues(outcome).Contains((code, expression)), $"{code} {expression}: {outcome}");
            var written = await server.JsonAsync(HttpMethod.Post, "Observation", body);
            Assert.True(written.Status == 400 && Issues(written.Body).Contains((code, expression)), $"{code} {expression}: {written.Body}");
        }

        var accepted = await CreateAsync("Observation", Height(patient));
        var entry = Entry(null, Height(patient, o => o.AsObject().Remove("category")), "POST", "Observation");
        var bundle = await server.JsonAsync(HttpMethod.Post, "", Bundle("transaction", Entry(null, Height(patient), "POST", "Observation"), entry));
        Assert.Contains(("fhir.profile-cardinality", "Bundle.entry[1].resource.category"), Issues(bundle.Body));
        Assert.Equal([accepted], (await server.AllAsync($"Observation?patient={patient}")).Select(o => Text(o, "id")));
    }

    [Fact]
    public async Task A_profile_that_the_caller_names_is_asked_for_and_one_that_is_not_here_is_told()
    {
        Assert.SkipUnless(server.HasProfiles, "The shared definitions are not beside the repository.");
        var patient = $"Patient/{await CreateAsync("Patient", Patient(family: "Named"))}";
        var plain = Height(patient, o => o.AsObject().Remove("category"), profile: null);
        Assert.Equal("information", Text((await server.JsonAsync(HttpMethod.Post, "Observation/$validate", plain)).Body, "issue.severity"));
        foreach (var (address, body) in new[]
        {
            ($"Observation/$validate?profile={Uri.EscapeDataString(BodyHeight)}", plain), ($"Observation/$validate?profile={Uri.EscapeDataString($"{BodyHeight}|4.0.1")}", plain),
            ("Observation/$validate", $$"""{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{{plain}}},{"name":"profile","valueUri":"{{BodyHeight}}"}]}"""),
        })
            Assert.Contains(("fhir.profile-cardinality", "Observation.category"), Issues((await server.JsonAsync(HttpMethod.Post, address, body)).Body));
        Assert.Contains(("fhir.profile-unknown", "Observation.meta.profile"), Issues((await server.JsonAsync(HttpMethod.Post, "Observation/$validate?profile=http://example.org/none", plain)).Body));
        Assert.Contains(("fhir.profile-type", "Patient.meta.profile"), Issues((await server.JsonAsync(HttpMethod.Post, $"Patient/$validate?profile={Uri.EscapeDataString(BodyHeight)}", Patient())).Body));

        // A resource may name profiles of others: it is told, and written.
        var foreign = Height(patient, profile: "http://example.org/none");
        var tried = (await server.JsonAsync(HttpMethod.Post, "Observation/$validate", foreign, headers: ("Accept-Language", "zh"))).Body;
        Assert.Equal(("warning", "fhir.profile-unknown"), (Text(tried, "issue.severity"), Issues(tried)[0].Code));
        Assert.Contains("规范", Text(tried, "issue.details.text"), StringComparison.Ordinal);
        await CreateAsync("Observation", foreign);

        var statement = (await server.JsonAsync(HttpMethod.Get, "metadata")).Body;
        var supported = statement.GetProperty("rest")[0].GetProperty("resource").EnumerateArray().Single(r => Text(r, "type") == "Observation");
        Assert.Equal([BodyHeight, "http://hl7.org/fhir/StructureDefinition/vitalsigns"], At(supported, "supportedProfile").Select(p => p.GetString()));
    }
}
