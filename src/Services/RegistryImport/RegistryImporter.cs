using System.Text.Json;
using System.Xml;
using Yunnao.Kernel;
using Yunnao.Services.RegistryImport.Fhir;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// Imports definitions that users have and we may not ship, as files of the registry (standards/README.md), so that one loader serves
/// all. What is imported keeps to the rules of published versions: nothing that is published is changed.
/// </summary>
public static class RegistryImporter
{
    private static readonly Dictionary<string, Func<IRegistryFileImporter>> s_importers = new(StringComparer.Ordinal)
    {
        ["fhir"] = () => new FhirImporter(),
        ["omop"] = () => new OmopImporter(),
        ["dqd"] = () => new DqdImporter(),
        ["hl7v2"] = () => new Hl7v2Importer(),
        ["codes"] = () => new CodeListImporter(),
        ["icd"] = () => new IcdImporter(),
        ["ucum"] = () => new UcumImporter(),
        ["template"] = () => new TemplateImporter(),
    };

    /// <summary>The forms that can be imported.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. s_importers.Keys];

    /// <summary>
    /// Imports files. Problems: <c>import.no-file</c>, <c>import.unreadable</c>, <c>import.no-columns</c>, <c>import.bad-option</c>,
    /// <c>xlsx.unreadable</c>, <c>standards.bad-csv</c> (of the folder that is imported into).
    /// </summary>
    public static Result<ImportReport> Run(ImportRequest request)
    {
        if (Missing(request) is { } missing) return missing;
        var files = request.Files.SelectMany(Expand).ToArray();
        if (files.Length == 0) return new Problem(ProblemKind.NotFound, "import.no-file", "the folder has no files", new Place(request.Files[0]));
        if (!RegistryDraft.Open(request.Folder).Try(out var draft, out var problem)) return problem;
        try
        {
            if (s_importers[request.Kind]().Import(files, request.Options, draft) is { } failed) return failed;
            draft.Save();
            return draft.Report;
        }
        catch (Exception failure) when (failure is JsonException or XmlException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Incorrect, "import.unreadable", $"{failure.Message}", files.Length == 1 ? new Place(files[0]) : null);
        }
    }

    private static Problem? Missing(ImportRequest request)
    {
        var missing = request.Files.FirstOrDefault(f => !File.Exists(f) && !Directory.Exists(f));
        return missing is null ? null : new(ProblemKind.NotFound, "import.no-file", "there is no such file or folder", new Place(missing));
    }

    private static IEnumerable<string> Expand(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path];
}
