using System.Text.Json;

namespace Yunnao.Services.RegistryImport.Fhir;

/// <summary>
/// StructureDefinitions of resources as data sets: every element down to its values becomes an item with its FHIR path. Where an
/// element repeats, the path takes its first value, as everywhere in FHIR paths of the registry. The standard says neither level nor
/// de-identification: items are of level 3 and dropped until somebody decides, and provisional.
/// </summary>
internal sealed class FhirDataSets(IReadOnlyDictionary<string, string> valueSets, ImportOptions options, RegistryDraft draft)
{
    // Elements of every resource that say how it is stored and not what it says.
    private static readonly string[] s_skipped = ["meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension"];

    // The element that says when it happened, in the order in which it is looked for; else the first date or time.
    private static readonly string[] s_times =
    [
        "effectiveDateTime", "effectivePeriod.start", "performedDateTime", "occurrenceDateTime", "period.start", "onsetDateTime", "authoredOn",
        "recordedDate", "issued", "date", "dateTime", "started", "created", "recorded", "birthDate",
    ];

    private static readonly string[] s_subjects = ["subject.reference", "patient.reference", "beneficiary.reference", "individual.reference"];

    private bool _elementsWritten;

    public void Write(JsonElement definition)
    {
        var id = definition.Text("id");
        if (FhirProfiles.Is(definition)) draft.Profile(id, definition.GetRawText());
        if (definition.Text("type") == "Extension" && FhirProfiles.Is(definition)) return;
        if (definition.Text("kind") != "resource" || definition.Text("type") == "Extension") draft.Report.Leave("fhir-not-a-resource", id);
        else if (definition.TryGetProperty("abstract", out var isAbstract) && isAbstract.ValueKind == JsonValueKind.True) draft.Report.Leave("fhir-abstract", id);
        else if (!definition.TryGetProperty("snapshot", out var snapshot)) draft.Report.Leave("fhir-no-snapshot", id);
        else WriteDataSet(definition, snapshot, id);
    }

    private void WriteDataSet(JsonElement definition, JsonElement snapshot, string id)
    {
        WriteElements();
        var items = new List<Row>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in snapshot.List("element").Skip(1))
        {
            foreach (var item in Items(element, id)) Add(item, items, names);
        }

        GiveRoles(items, names, definition.Text("type"));
        var head = new Row
        {
            ["id"] = $"{options.Domain ?? "fhir"}.{ImportNames.Snake(id)}",
            ["version"] = FhirImporter.Version(definition.Text("version"), options),
            ["status"] = "draft",
            ["provisional"] = "yes",
            ["domain"] = options.Domain ?? "fhir",
            ["load_order"] = "50",
            ["source"] = definition.Text("url"),
        };
        head.Name("", FhirCodeSystem.TitleOf(definition)).Name("", Short(definition.Text("description")), "definition");
        draft.DataSet(head, items);
    }

    private static void Add(Row item, List<Row> items, HashSet<string> names)
    {
        var name = item["item"];
        for (var n = 2; !names.Add(item["item"]); n++) item["item"] = $"{name}_{n}";
        items.Add(item);
    }

    private IEnumerable<Row> Items(JsonElement element, string set)
    {
        var path = element.Text("path");
        var steps = path.Split('.').Skip(1).ToArray();
        if (Array.Exists(steps, s => s_skipped.Contains(s)) || (steps.Length > 1 && steps[^1] == "id") || element.Text("max") == "0") yield break;
        if (element.Text("id").Contains(':'))
        {
            draft.Report.Leave("fhir-slice", $"{set} {element.Text("id")}");
            yield break;
        }

        if (element.Text("contentReference").Length > 0)
        {
            draft.Report.Leave("fhir-recursive", $"{set} {path}");
            yield break;
        }

        foreach (var type in element.List("type"))
        {
            foreach (var item in OfType(element, string.Join('.', steps), type.Text("code"), set)) yield return item;
        }
    }

    private IEnumerable<Row> OfType(JsonElement element, string path, string type, string set)
    {
        if (type is "BackboneElement" or "Element") yield break;
        if (FhirType.Find(type) is not { } known)
        {
            draft.Report.Leave("fhir-type", $"{set} {path} {type}");
            yield break;
        }

        var choice = path.EndsWith("[x]", StringComparison.Ordinal);
        var own = choice ? $"{path[..^3]}{char.ToUpperInvariant(type[0])}{type[1..]}" : path;
        foreach (var (leaf, dataElement) in known.Leaves)
        {
            var full = leaf.Length == 0 ? own : $"{own}.{leaf}";
            var required = !choice && !own.Contains('.') && known.Leaves.Length == 1 && element.TryGetProperty("min", out var min) && min.GetInt32() > 0;
            var row = new Row
            {
                ["item"] = ImportNames.Snake(Plain(full)),
                ["element"] = $"FHIR.{dataElement}",
                ["value_set"] = dataElement == "code" && leaf is "" or "code" or "coding.code" ? Binding(element) : "",
                ["card"] = required ? "1" : "0..1",
                ["level"] = "3",
                ["deid"] = "drop",
                ["fhir"] = full,
                ["provisional"] = "yes",
                ["source"] = element.Text("path"),
            };
            yield return row.Name("", Short(element.Text("short")) is { Length: > 0 } text ? text : full).Name("", Short(element.Text("definition")), "definition");
        }
    }

    /// <summary>Only a required binding closes the list; to the others a sender may add codes.</summary>
    private string Binding(JsonElement element) =>
        element.TryGetProperty("binding", out var binding) && binding.Text("strength") == "required"
            ? valueSets.GetValueOrDefault(binding.Text("valueSet").Split('|')[0], "")
            : "";

    private static void GiveRoles(List<Row> items, HashSet<string> names, string type)
    {
        var id = items.Find(i => i["fhir"] == "id");
        if (id is null) Add(id = Own("id", "id", "FHIR.id", "Logical id of the resource"), items, names);
        (id["role"], id["card"], id["deid"]) = ("record", "1", "pseudonym");
        if (type == "Patient") (id["role"], id["level"], id["deid"]) = ("record subject", "4", "vault");
        else if (s_subjects.Select(s => items.Find(i => i["fhir"] == s)).FirstOrDefault(i => i is not null) is { } subject)
        {
            (subject["role"], subject["level"], subject["deid"]) = ("subject", "4", "vault");
        }

        var time = s_times.Select(t => items.Find(i => i["fhir"] == t)).FirstOrDefault(IsTime) ?? items.Find(i => IsTime(i) && !i["fhir"].Contains('.'));
        if (time is null) Add(time = Own("last_updated", "meta.lastUpdated", "FHIR.dateTime", "Time of the last change of the resource"), items, names);
        (time["role"], time["card"], time["deid"]) = ("time", "1", "generalise");
    }

    private static bool IsTime(Row? item) => item?["element"] is "FHIR.date" or "FHIR.dateTime";

    private static Row Own(string name, string path, string element, string title) => new Row
    {
        ["item"] = name,
        ["element"] = element,
        ["level"] = "3",
        ["fhir"] = path,
        ["provisional"] = "yes",
        ["source"] = $"Resource.{path}",
    }.Name("", title);

    private void WriteElements()
    {
        if (_elementsWritten) return;
        _elementsWritten = true;
        foreach (var (name, type, format) in FhirType.Elements)
        {
            draft.Element(new Row
            {
                ["id"] = $"FHIR.{name}",
                ["version"] = "4.0.1",
                ["status"] = "standard",
                ["type"] = type,
                ["format"] = format,
                ["source"] = "FHIR R4 data types; length: Yunnao",
            }.Name("", $"FHIR {name}"));
        }
    }

    /// <summary>The steps of a path that a column name needs: not those that only lead through a data type.</summary>
    private static string Plain(string path) => path
        .Replace(".coding.code", ".code", StringComparison.Ordinal)
        .Replace(".reference", "", StringComparison.Ordinal);

    private static string Short(string text)
    {
        const int Longest = 400;
        var line = Row.Clean(text);
        return line.Length <= Longest ? line : line[..Longest] + "…";
    }
}
