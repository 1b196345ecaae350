using System.Globalization;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.RegistryImport.Fhir;
using Yunnao.Standards.Loading;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// HL7 v2 dictionaries in JSON (the form of the npm package hl7-dictionary): the tables become value sets, the segments of a version data
/// sets whose items carry the HL7 v2 path. Data types and message structures have no place in the registry.
/// </summary>
internal sealed class Hl7v2Importer : IRegistryFileImporter
{
    public Problem? Import(IReadOnlyList<string> files, ImportOptions options, RegistryDraft draft)
    {
        // Tables first: segments refer to them.
        foreach (var file in files.OrderByDescending(f => Path.GetFileName(f).StartsWith("tables", StringComparison.OrdinalIgnoreCase)))
        {
            using var stream = ForeignTable.OpenStream(file);
            using var document = JsonDocument.Parse(stream);
            var name = Path.GetFileName(file);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return Unknown(file);
            var first = document.RootElement.EnumerateObject().FirstOrDefault().Value;
            if (first.ValueKind != JsonValueKind.Object) return Unknown(file);
            if (first.TryGetProperty("values", out _)) Tables(document.RootElement, options, draft);
            else if (first.TryGetProperty("fields", out _)) Segments(document.RootElement, name, options, draft);
            else if (first.TryGetProperty("subfields", out _)) draft.Report.Leave("hl7-data-types", name, document.RootElement.EnumerateObject().Count());
            else if (first.TryGetProperty("segments", out _)) draft.Report.Leave("hl7-messages", name, document.RootElement.EnumerateObject().Count());
            else return Unknown(file);
        }

        return null;
    }

    private static Problem Unknown(string file) =>
        new(ProblemKind.Incorrect, "import.unreadable", "this is no dictionary of tables, segments, fields or messages", new Place(file));

    private static void Tables(JsonElement tables, ImportOptions options, RegistryDraft draft)
    {
        foreach (var table in tables.EnumerateObject())
        {
            var head = new Row { ["id"] = TableId(table.Name), ["version"] = options.Version, ["status"] = "standard", ["source"] = $"HL7 v2 table {table.Name}" };
            var codes = table.Value.GetProperty("values").EnumerateObject().Select(v => new Row { ["code"] = v.Name }.Name("", v.Value.GetString() ?? ""));
            draft.ValueSet(head.Name("", table.Value.Text("desc")), codes);
        }
    }

    private static string TableId(string number) => $"HL7.{number.PadLeft(4, '0')}";

    private static void Segments(JsonElement segments, string file, ImportOptions options, RegistryDraft draft)
    {
        var version = file.Split('_')[0];
        var domain = options.Domain ?? ImportNames.Snake($"hl7v{version.Replace(".", "", StringComparison.Ordinal)}");
        foreach (var segment in segments.EnumerateObject())
        {
            var items = new List<Row> { Own("message_control_id", "record", "MSH-10", "Message control ID", "HL7.ST.20", "pseudonym", draft) };
            var names = new HashSet<string>(StringComparer.Ordinal) { "message_control_id", "message_time" };
            foreach (var (field, index) in segment.Value.List("fields").Select((f, i) => (f, i + 1)))
            {
                items.Add(Field(field, segment.Name, index, names, draft));
            }

            items.Add(Own("message_time", "time", "MSH-7", "Date and time of message", "HL7.TS", "generalise", draft));
            if (items[1]["element"] == "HL7.SI") (items[1]["role"], items[1]["card"]) = ("record", "1");
            var head = new Row
            {
                ["id"] = $"{domain}.{segment.Name.ToLowerInvariant()}",
                ["version"] = Semver.TryParse(version, out _) ? version : options.Version,
                ["status"] = "draft",
                ["provisional"] = "yes",
                ["domain"] = domain,
                ["load_order"] = "50",
                ["source"] = $"HL7 v{version} {segment.Name}",
            };
            draft.DataSet(head.Name("", segment.Value.Text("desc")), items);
        }
    }

    private static Row Field(JsonElement field, string segment, int index, HashSet<string> names, RegistryDraft draft)
    {
        var title = field.Text("desc");
        var stem = ImportNames.Snake(title);
        var name = stem;
        for (var n = 2; !names.Add(name); n++) name = $"{stem}_{n}";
        var type = field.Text("datatype");
        var length = field.TryGetProperty("len", out var len) && len.TryGetInt32(out var l) && l > 0 ? l : 250;
        var table = field.TryGetProperty("table", out var number) ? TableId(number.GetInt32().ToString(CultureInfo.InvariantCulture)) : "";
        return new Row
        {
            ["item"] = name,
            ["element"] = Element(type, length, draft),

            // Tables of type IS are the users' own: what stands in them is a suggestion.
            ["value_set"] = type == "ID" && draft.HasValueSet(table) ? table : "",
            ["card"] = "0..1",
            ["level"] = "3",
            ["deid"] = "drop",
            ["hl7v2"] = $"{segment}-{index}",
            ["provisional"] = "yes",
            ["source"] = $"HL7 v2 {segment}-{index}",
        }.Name("", title);
    }

    private static Row Own(string name, string role, string path, string title, string element, string deid, RegistryDraft draft)
    {
        Element(element.Split('.')[1], 20, draft);
        return new Row
        {
            ["item"] = name,
            ["element"] = element,
            ["card"] = "1",
            ["role"] = role,
            ["level"] = "2",
            ["deid"] = deid,
            ["hl7v2"] = path,
            ["provisional"] = "yes",
            ["source"] = $"HL7 v2 {path}",
        }.Name("", title);
    }

    private static string Element(string type, int length, RegistryDraft draft)
    {
        var (id, code, format) = type switch
        {
            "NM" => ("NM", "N", "N..18,6"),
            "SI" => ("SI", "N", "N..4"),
            "DT" => ("DT", "D", "D8"),
            "TS" or "DTM" => ("TS", "DT", "DT15"),
            "TM" => ("TM", "T", "T6"),

            // The longest code of a table decides, not the field: tables have grown longer than fields.
            "ID" => ("ID", "S3", "AN..64"),
            _ => ($"ST.{length}", "S1", $"AN..{length}"),
        };
        if (!draft.HasElement($"HL7.{id}"))
        {
            var row = new Row { ["id"] = $"HL7.{id}", ["version"] = "1.0.0", ["status"] = "standard", ["type"] = code, ["format"] = format, ["source"] = "HL7 v2 data types" };
            draft.Element(row.Name("", $"HL7 {id}"));
        }

        return $"HL7.{id}";
    }
}
