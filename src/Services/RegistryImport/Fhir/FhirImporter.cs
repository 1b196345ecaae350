using Yunnao.Kernel;
using Yunnao.Standards.Loading;

namespace Yunnao.Services.RegistryImport.Fhir;

/// <summary>
/// FHIR R4 definitions: ValueSet and CodeSystem become value sets, StructureDefinitions of resources and their profiles data sets, and
/// ConceptMaps code maps. The files are read twice: data sets need to know which value sets there are.
/// </summary>
internal sealed class FhirImporter : IRegistryFileImporter
{
    private const string Prefix = "FHIR.";

    public Problem? Import(IReadOnlyList<string> files, ImportOptions options, RegistryDraft draft)
    {
        var terminology = new FhirTerminology();
        foreach (var resource in FhirFiles.Resources(files, draft, t => t is "CodeSystem" or "ValueSet")) terminology.Add(resource);
        var valueSets = new FhirValueSets(terminology, options, draft).Write();
        var dataSets = new FhirDataSets(valueSets, options, draft);
        foreach (var resource in FhirFiles.Resources(files, null, t => t is not ("CodeSystem" or "ValueSet")))
        {
            switch (resource.Text("resourceType"))
            {
                case "StructureDefinition":
                    dataSets.Write(resource);
                    break;
                case "ConceptMap":
                    FhirConceptMap.Write(resource, draft);
                    break;
                case var other:
                    draft.Report.Leave("fhir-other-resource", $"{other} {resource.Text("id")}");
                    break;
            }
        }

        return null;
    }

    /// <summary>Id in the registry of a FHIR resource.</summary>
    public static string Id(string id) => ImportNames.Id(Prefix + id);

    /// <summary>A FHIR version where it is a semantic one, else that of the import.</summary>
    public static string Version(string version, ImportOptions options) =>
        Semver.TryParse(version, out _) ? version : options.Version;

    /// <summary>FHIR's publication status in the words of the registry.</summary>
    public static string Status(string status) => status switch { "active" => "standard", "retired" => "superseded", _ => "draft" };
}
