namespace Yunnao.Services.RegistryImport.Fhir;

/// <summary>Writes the value sets, and the code systems that no value set is the whole of.</summary>
internal sealed class FhirValueSets(FhirTerminology terminology, ImportOptions options, RegistryDraft draft)
{
    /// <returns>Url → id in the registry of every value set that was written.</returns>
    public IReadOnlyDictionary<string, string> Write()
    {
        var written = new Dictionary<string, string>(StringComparer.Ordinal);
        var whole = new HashSet<string>(StringComparer.Ordinal);
        foreach (var set in terminology.ValueSets)
        {
            var (codes, reason) = terminology.Expand(set);
            if (reason is not null || codes.Count == 0)
            {
                draft.Report.Leave(reason ?? "fhir-no-codes", set.Text("id"));
                continue;
            }

            var id = FhirImporter.Id(set.Text("id"));
            var head = Head(id, FhirCodeSystem.OidOf(set), set.Text("version"), set.Text("status"), FhirCodeSystem.TitleOf(set), set.Text("url"));
            if (draft.ValueSet(head, Codes(codes))) written.TryAdd(set.Text("url"), id);
            if (FhirTerminology.WholeOf(set) is { } system) whole.Add(system);
        }

        foreach (var system in terminology.Systems.Where(s => !whole.Contains(s.Url))) Write(system);
        return written;
    }

    private void Write(FhirCodeSystem system)
    {
        if (!system.Complete) draft.Report.Leave("fhir-system-not-complete", system.Id);
        else if (system.Concepts.Count == 0) draft.Report.Leave("fhir-no-codes", system.Id);
        else
        {
            var id = FhirImporter.Id(system.Id);
            if (draft.HasValueSet(id)) id = FhirImporter.Id($"{system.Id}.all");
            var head = Head(id, system.Oid, system.Version, system.Status, system.Title, system.Url);
            draft.ValueSet(head, Codes([.. system.Concepts.Values.Select(c => (c, system.Url))]));
        }
    }

    private Row Head(string id, string? oid, string version, string status, string title, string url) => new Row
    {
        ["id"] = id,
        ["oid"] = oid ?? "",
        ["version"] = FhirImporter.Version(version, options),
        ["status"] = FhirImporter.Status(status),
        ["source"] = version.Length > 0 ? $"{url}|{version}" : url,
    }.Name("", title);

    private static IEnumerable<Row> Codes(IReadOnlyList<(FhirConcept Concept, string System)> codes)
    {
        var several = codes.Select(c => c.System).Distinct().Skip(1).Any();
        foreach (var (concept, system) in codes)
        {
            var row = new Row { ["code"] = concept.Code, ["parent"] = concept.Parent ?? "" }.Name("", concept.Display.Length > 0 ? concept.Display : concept.Code);
            if (several) row["system"] = system;
            yield return row;
        }
    }
}
