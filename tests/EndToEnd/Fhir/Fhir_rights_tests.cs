using System.Net;
using Xunit;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>The same resources under other rights: no door without a token, pseudonyms and months where the purpose shows no more, one person where it must be one.</summary>
[Collection(nameof(FhirServer))]
public sealed class Fhir_rights_tests(FhirServer server)
{
    private async Task<(HttpStatusCode, string)> RefusedAsync(string address, string? role, string? purpose = null)
    {
        using var answer = await server.FhirAsync(address, role, headers: purpose is null ? [] : [("Yunnao-Purpose", purpose)]);
        return (answer.StatusCode, await FhirServer.CodeAsync(answer));
    }

    [Fact]
    public async Task Nobody_without_a_token_and_no_role_without_the_duty_or_the_purpose()
    {
        foreach (var address in new[] { "Patient", "Patient/1", "Patient/1/$everything", "Nothing" })
        {
            Assert.Equal((HttpStatusCode.Unauthorized, "rights.no-token"), await RefusedAsync(address, null));
            Assert.Equal((HttpStatusCode.Forbidden, "rights.duty"), await RefusedAsync(address, "system_administrator"));
        }

        Assert.Equal((HttpStatusCode.BadRequest, "fhir.purpose"), await RefusedAsync("Patient", "manager"));
        Assert.Equal((HttpStatusCode.Forbidden, "scope.rows"), await RefusedAsync("Patient", "manager", "management"));
        Assert.Equal((HttpStatusCode.Forbidden, "scope.role"), await RefusedAsync("Patient", "doctor", "research"));
        Assert.Equal((HttpStatusCode.Forbidden, "scope.purpose"), await RefusedAsync("Patient", "doctor", "curiosity"));
        Assert.Empty(await server.AllAsync("Patient", "researcher"));
    }

    [Fact]
    public async Task Another_purpose_shows_pseudonyms_and_months_and_says_so()
    {
        var clear = await server.AllAsync("Patient");
        var shown = await server.AllAsync("Patient", "data_engineer");
        Assert.Equal(clear.Select(p => Text(p, "birthDate")![..7]).Order(), shown.Select(p => Text(p, "birthDate")).Order());
        Assert.All(shown, p =>
        {
            Assert.Matches("^[0-9a-f]{32}$", Text(p, "id"));
            Assert.Contains("PSEUDED", At(p, "meta.security.code").Select(c => c.GetString()));
            Assert.Contains("REDACTED", At(p, "meta.security.code").Select(c => c.GetString()));
        });
        Assert.Empty(clear.Select(p => Text(p, "id")).Intersect(shown.Select(p => Text(p, "id"))));

        // The pseudonyms hold together: read, search, reference and encounter lead to the same person.
        var patient = Text(shown[0], "id")!;
        Assert.Equal(shown[0].GetRawText(), (await server.GetAsync($"Patient/{patient}", "data_engineer")).GetRawText());
        var encounters = await server.AllAsync($"Encounter?patient={patient}", "data_engineer");
        Assert.NotEmpty(encounters);
        Assert.All(encounters, e => Assert.Equal($"Patient/{patient}", Text(e, "subject.reference")));
        var conditions = await server.AllAsync($"Condition?patient=Patient/{patient}&_count=3", "data_engineer");
        Assert.NotEmpty(conditions);
        Assert.Subset(encounters.Select(Number).ToHashSet(), conditions.Select(c => Text(c, "encounter.identifier.value")!).ToHashSet());
        Assert.All(conditions, c => Assert.Null(Text(c, "encounter.reference")));
        var one = conditions[0];
        var ofEncounter = await server.AllAsync($"Condition?encounter={Text(encounters.Single(e => Number(e) == Text(one, "encounter.identifier.value")), "id")}", "data_engineer");
        Assert.Contains(Text(one, "id"), ofEncounter.Select(c => Text(c, "id")));

        // A month is a span: what may lie outside of what is asked for is not found.
        var month = Text(shown[0], "birthDate")!;
        var born = $"birthdate={month}";
        Assert.Contains(patient, (await server.AllAsync($"Patient?{born}", "data_engineer")).Select(p => Text(p, "id")));
        Assert.Empty(await server.AllAsync($"Patient?birthdate={month}-01", "data_engineer"));
        Assert.Contains(patient, (await server.AllAsync($"Patient?birthdate=ge{month}-15", "data_engineer")).Select(p => Text(p, "id")));
    }

    [Fact]
    public async Task An_application_names_one_person_and_sees_that_person_only()
    {
        var clear = await server.AllAsync("Encounter");
        var person = Text(clear[0], "subject.reference")!["Patient/".Length..];
        foreach (var address in new[] { "Encounter", "Encounter/1", "Observation?code=1" }) Assert.Equal((HttpStatusCode.Forbidden, "scope.subject"), await RefusedAsync(address, "application"));
        var shown = await server.AllAsync("Encounter/_search", "application", form: $"patient={person}&_count=2");
        Assert.Equal(clear.Count(e => Text(e, "subject.reference") == $"Patient/{person}"), shown.Count);
        Assert.Single(shown.Select(e => Text(e, "subject.reference")).Distinct());
        Assert.DoesNotContain(person, string.Concat(shown.Select(e => e.GetRawText())), StringComparison.Ordinal);
        var everything = await server.AllAsync($"Patient/{person}/$everything?_count=200", "application");
        Assert.Single(everything, r => Text(r, "resourceType") == "Patient");
        Assert.Single(everything.SelectMany(r => At(r, "subject.reference").Concat(At(r, "patient.reference"))).Select(r => r.GetString()).Distinct());
    }
}
