using System.Text.Json;
using Xunit;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>After the lake was optimized much is answered from shelves: what is read and found is what the engine gave before.</summary>
public sealed class Fhir_shelf_tests(FhirServer server) : IClassFixture<FhirServer>
{
    private const string Hba1c = "4548-4";

    [Fact]
    public async Task What_is_read_and_found_is_the_same_once_the_lake_is_optimized()
    {
        string[] types = [.. server.Originals.Select(t => t.Key).Intersect(["Patient", "Encounter", "Condition", "Observation", "Procedure", "MedicationRequest", "Immunization"])];
        var family = Text(server.Originals["Patient"].First(), "name.family")!;
        (string Address, string? Form)[] searches =
        [
            .. types.Select(t => ($"{t}?_count=200", (string?)null)), ($"Observation?code={Hba1c}", null), ("Condition?_include=Condition:subject&_count=20", null), ("Patient?_has:Condition:subject:clinical-status=active", null),
            ("Observation/_search", $"subject:Patient.family={family}&_count=50"), ("Patient/_search", $"family={family}"), ("Encounter?_revinclude=Condition:encounter&_count=10", null),
        ];
        string[] roles = ["doctor", "epidemiologist", "data_engineer"];
        var before = new Dictionary<(string Role, string Address, string? Form), List<string>>();
        foreach (var role in roles)
            foreach (var (address, form) in searches) before[(role, address, form)] = await FoundAsync(address, role, form);
        Assert.Equal(roles, roles.Where(r => before.Count(b => b.Key.Role == r && b.Value.Count > 5) >= 5));
        await server.OptimizeAsync();
        foreach (var ((role, address, form), found) in before) Assert.Equal(found, await FoundAsync(address, role, form));
        foreach (var ((role, address, form), all) in before)
        {
            foreach (var resource in all.Where(t => t.StartsWith('{')).Take(40).Select(t => JsonElement.Parse(t)))
                Assert.Equal(resource.GetRawText(), (await server.GetAsync($"{Text(resource, "resourceType")}/{Text(resource, "id")}", role)).GetRawText());
        }
    }

    /// <summary>All resources of a search, in the order of their texts.</summary>
    private async Task<List<string>> FoundAsync(string address, string role, string? form)
    {
        using var first = await server.FhirAsync(address, role, form: form);
        if (!first.IsSuccessStatusCode) return [$"{first.StatusCode}"];
        return [.. (await server.AllAsync(address, role, form)).Select(r => r.GetRawText()).Order(StringComparer.Ordinal)];
    }
}
