using System.Text.Json;

namespace Yunnao.Services.RegistryImport.Fhir;

/// <summary>A ConceptMap as a code map. Targets that are said to be unmatched or disjoint are no mapping.</summary>
internal static class FhirConceptMap
{
    public static void Write(JsonElement map, RegistryDraft draft)
    {
        var groups = map.List("group").ToArray();
        if (groups.Length == 0) draft.Report.Leave("map-empty", map.Text("id"));
        for (var i = 0; i < groups.Length; i++)
        {
            var id = FhirImporter.Id(map.Text("id") + (groups.Length > 1 ? $".{i + 1}" : ""));
            draft.CodeMap(id, groups[i].List("element").SelectMany(Rows));
        }
    }

    private static IEnumerable<Row> Rows(JsonElement element)
    {
        var targets = element.List("target").Where(t => t.Text("equivalence") is not ("unmatched" or "disjoint")).ToArray();
        var name = element.Text("display");
        if (targets.Length == 0) return [new Row { ["source"] = element.Text("code"), ["name"] = name }];
        return targets.Select(t => new Row { ["source"] = element.Text("code"), ["target"] = t.Text("code"), ["name"] = name });
    }
}
