using System.Text.Json;
using Xunit;
using Yunnao.Formats;

namespace Yunnao.Tests.Formats;

/// <summary>All public FHIR R4 JSON, read by the decoder and by a document model beside it.</summary>
public sealed class FhirFileTests
{
    private static readonly RowPlan[] Everything =
    [
        Plans.Of("Patient", null, null, "id", "name[use=official].family | name.family", "gender", "birthDate", "telecom[system=phone].value"),
        Plans.Of("Observation", null, null, "id", "code.coding[system=http://loinc.org].code", "valueQuantity.value", "subject.reference", "valueCodeableConcept.coding.display"),
        Plans.Of("Observation", "component", null, "..id", "code.coding[0].code", "valueQuantity.value"),
        Plans.Of("Encounter Condition Procedure MedicationRequest Immunization DiagnosticReport Claim ExplanationOfBenefit CarePlan CareTeam Goal ImagingStudy AllergyIntolerance Organization Practitioner MedicationAdministration Medication Device", null, null, "id", "code.text | type.text | name"),
    ];

    private static readonly HashSet<string> Mapped = [.. Everything.SelectMany(p => p.Match)];

    [Theory]
    [InlineData("fhir-synthea-r4", "*.json*", 177)]
    [InlineData("fhir-bulk-ndjson", "*.ndjson*", 7)]
    [InlineData("fhir-r4-examples", "*.json", 132)]
    public async Task Every_resource_of_every_file_is_a_record_with_its_values(string folder, string pattern, int files)
    {
        var found = ClinicalData.Files(folder, pattern);
        Assert.Equal(files, found.Length);
        foreach (var file in found)
        {
            var bytes = ClinicalData.Read(file);
            var expected = Resources(bytes, file.Contains(".ndjson", StringComparison.Ordinal));
            var (sink, records) = await Plans.Fhir(new MemoryStream(bytes), Everything);
            Assert.Equal(expected.Count, records);
            var unmapped = expected.Where(r => r is null || !Mapped.Contains(r.Type)).Select(r => r is null ? "fhir.no-resource Bundle.entry" : $"mapping.none {r.Type}");
            Assert.Equal(unmapped, sink.Codes);
            Assert.Equal(
                expected.Where(r => r is not null && Mapped.Contains(r.Type)).Select(r => r!.Values),
                sink.Rows.Where(r => r.Plan != 2).OrderBy(r => r.Record).Select(r => string.Join("|", r.Cells)));
            Assert.Equal(
                expected.Sum(r => r?.Components ?? 0),
                sink.Rows.Count(r => r.Plan == 2));
        }
    }

    /// <summary>Type, expected cells and number of components of each resource; null for an entry without resource.</summary>
    private static List<Expected?> Resources(byte[] bytes, bool lines)
    {
        if (!lines)
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (Text(root, "resourceType") != "Bundle") return [Of(root, null)];
            if (!root.TryGetProperty("entry", out var entries)) return [];
            return [.. entries.EnumerateArray().Select(e => e.TryGetProperty("resource", out var resource) ? Of(resource, Text(e, "fullUrl")) : null)];
        }

        var found = new List<Expected?>();
        foreach (var line in System.Text.Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            found.Add(Of(document.RootElement, null));
        }

        return found;
    }

    private static Expected Of(JsonElement resource, string? fullUrl)
    {
        var type = Text(resource, "resourceType")!;
        var id = Text(resource, "id") ?? Last(fullUrl);
        var official = All(resource, "name").FirstOrDefault(n => Text(n, "use") == "official" && Text(n, "family") is not null);
        string?[] values = type switch
        {
            "Patient" => [id, Text(official, "family") ?? First(All(resource, "name"), "family"), Text(resource, "gender"), Text(resource, "birthDate"),
                First(All(resource, "telecom").Where(t => Text(t, "system") == "phone"), "value")],
            "Observation" => [id, First(Codings(resource, "code").Where(c => Text(c, "system") == "http://loinc.org"), "code"),
                First(All(resource, "valueQuantity"), "value"), Last(First(All(resource, "subject"), "reference")), First(Codings(resource, "valueCodeableConcept"), "display")],
            _ => [id, First(All(resource, "code"), "text") ?? First(All(resource, "type"), "text") ?? Text(resource, "name")],
        };
        return new(type, string.Join("|", values), type == "Observation" ? All(resource, "component").Count() : 0);
    }

    private static IEnumerable<JsonElement> All(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var child)) return [];
        return child.ValueKind == JsonValueKind.Array ? [.. child.EnumerateArray()] : [child];
    }

    private static IEnumerable<JsonElement> Codings(JsonElement resource, string name) => All(resource, name).SelectMany(c => All(c, "coding"));

    private static string? First(IEnumerable<JsonElement> elements, string name) => elements.Select(e => Text(e, name)).FirstOrDefault(t => t is not null);

    private static string? Text(JsonElement parent, string name) =>
        All(parent, name).Where(v => v.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            .Select(v => v.ValueKind == JsonValueKind.String ? v.GetString() : v.GetRawText()).FirstOrDefault();

    private static string? Last(string? reference) => reference?[(reference.LastIndexOfAny(['/', ':', '#']) + 1)..];

    private sealed record Expected(string Type, string Values, int Components);

    [Fact]
    public async Task The_report_of_a_bundle_counts_its_elements()
    {
        var report = new PathReport();
        foreach (var file in ClinicalData.Files("fhir-bulk-ndjson/small")) await Plans.Fhir(File.OpenRead(file), Everything, report);
        var counts = report.Counts().ToDictionary(c => c.Path);
        Assert.Equal(new("Observation", 1502, true), counts["Observation"]);
        Assert.Equal(new("Observation.id", 1502, true), counts["Observation.id"]);
        Assert.Equal(new("Observation.issued", 1502, false), counts["Observation.issued"]);
        Assert.True(counts["Observation.component.valueQuantity.value"].Mapped);
    }
}
