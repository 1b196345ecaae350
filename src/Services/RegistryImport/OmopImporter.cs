using System.Text.RegularExpressions;
using Yunnao.Kernel;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// The OMOP Common Data Model as data sets: the field CSV gives the items, the table CSV the names and definitions. A table without a
/// date gets an item for the time of extraction, because every data set has an event time.
/// </summary>
internal sealed partial class OmopImporter : IRegistryFileImporter
{
    public Problem? Import(IReadOnlyList<string> files, ImportOptions options, RegistryDraft draft)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var fields = new List<ForeignTable>();
        foreach (var file in files)
        {
            if (!ForeignTable.Open(file).Try(out var table, out var problem)) return problem;
            if (table.Column("cdmFieldName") >= 0) fields.Add(table);
            else if (table.Column("tableDescription") is >= 0 and var description && table.Column("cdmTableName") is >= 0 and var name)
            {
                foreach (var row in table.Rows) texts.TryAdd($"{DomainOf(file, options)}.{row[name].ToLowerInvariant()}", row[description]);
            }
            else return new(ProblemKind.Incorrect, "import.no-columns", "no columns cdmTableName and cdmFieldName", new Place(file));
        }

        foreach (var table in fields) Import(table, texts, options, draft);
        return null;
    }

    /// <summary>SQL schema of the tables of a version: <c>omop54</c>.</summary>
    public static string DomainOf(string file, ImportOptions options) =>
        options.Domain ?? (VersionInName().Match(Path.GetFileName(file)) is { Success: true } v ? $"omop{v.Groups[1].Value}{v.Groups[2].Value}" : "omop");

    private static void Import(ForeignTable table, Dictionary<string, string> texts, ImportOptions options, RegistryDraft draft)
    {
        var cell = new NamedCells(table);
        var domain = DomainOf(table.FilePath, options);
        var version = VersionInName().Match(Path.GetFileName(table.FilePath)) is { Success: true } v ? $"{v.Groups[1].Value}.{v.Groups[2].Value}.0" : options.Version;
        foreach (var fields in table.Rows.GroupBy(r => cell[r, "cdmTableName"].ToLowerInvariant(), StringComparer.Ordinal))
        {
            var items = fields.Select(f => Item(f, cell, fields.Key, draft)).DistinctBy(i => i["item"]).ToList();
            GiveRoles(items, fields.Key, draft);
            var head = new Row
            {
                ["id"] = $"{domain}.{ImportNames.Snake(fields.Key)}",
                ["version"] = version,
                ["status"] = "draft",
                ["provisional"] = "yes",
                ["domain"] = domain,
                ["load_order"] = fields.Key == "person" ? "20" : "50",
                ["source"] = $"OMOP CDM {version[..version.LastIndexOf('.')]} {fields.Key}",
            };
            head.Name("", fields.Key.Replace('_', ' ')).Name("", texts.GetValueOrDefault($"{domain}.{fields.Key}", ""), "definition");
            draft.DataSet(head, items);
        }
    }

    private static Row Item(string[] field, NamedCells cell, string table, RegistryDraft draft)
    {
        var name = cell[field, "cdmFieldName"].Trim('"').ToLowerInvariant();
        return new Row
        {
            ["item"] = ImportNames.Snake(name),
            ["element"] = Element(cell[field, "cdmDatatype"], draft),
            ["card"] = cell[field, "isRequired"] == "Yes" ? "1" : "0..1",
            ["role"] = cell[field, "isPrimaryKey"] == "Yes" ? "record" : "",
            ["level"] = "3",
            ["deid"] = cell[field, "isPrimaryKey"] == "Yes" ? "pseudonym" : "drop",
            ["omop"] = $"{table}.{name}",
            ["provisional"] = "yes",
            ["source"] = $"OMOP {table}.{name}",
        }.Name("", name.Replace('_', ' ')).Name("", cell[field, "userGuidance"], "definition");
    }

    private static string Element(string type, RegistryDraft draft)
    {
        var lower = type.ToLowerInvariant();
        var (id, code, format) = lower switch
        {
            "integer" or "bigint" => ("integer", "N", "N..18"),
            "float" or "numeric" => ("float", "N", "N..18,6"),
            "date" => ("date", "D", "D8"),
            "datetime" => ("datetime", "DT", "DT15"),
            _ when Length().Match(lower) is { Success: true } size => ($"varchar.{size.Groups[1].Value}", "S1", $"AN..{size.Groups[1].Value}"),
            _ => ("varchar.max", "S1", "AN..100000"),
        };
        if (!draft.HasElement($"OMOP.{id}"))
        {
            draft.Element(new Row
            {
                ["id"] = $"OMOP.{id}",
                ["version"] = "1.0.0",
                ["status"] = "standard",
                ["type"] = code,
                ["format"] = format,
                ["source"] = "OMOP CDM data types",
            }.Name("", $"OMOP {lower}"));
        }

        return $"OMOP.{id}";
    }

    private static void GiveRoles(List<Row> items, string table, RegistryDraft draft)
    {
        if (!items.Exists(i => i["role"] == "record"))
        {
            // Tables of links and events without a key of their own: what they require tells their rows apart.
            foreach (var key in items.Where(i => i["card"] == "1")) key["role"] = "record";
            if (!items.Exists(i => i["role"] == "record")) (items[0]["role"], items[0]["card"]) = ("record", "1");
        }

        if (items.Find(i => i["item"] == "person_id") is { } person)
        {
            (person["role"], person["level"], person["deid"]) = ($"{person["role"]} subject".Trim(), "4", "vault");
        }

        var time = items.Find(i => IsTime(i) && i["card"] == "1") ?? items.Find(IsTime);
        if (time is null)
        {
            draft.Report.Leave("omop-no-date", table);
            items.Add(time = new Row
            {
                ["item"] = "extracted_date",
                ["element"] = Element("date", draft),
                ["level"] = "1",
                ["provisional"] = "yes",
                ["source"] = "Yunnao",
            }.Name("抽取日期", "Date of extraction"));
        }

        (time["role"], time["card"], time["deid"]) = ($"{time["role"]} time".Trim(), "1", "generalise");
    }

    private static bool IsTime(Row item) => item["element"] is "OMOP.date" or "OMOP.datetime";

    [GeneratedRegex(@"v(\d+)\.(\d+)")]
    private static partial Regex VersionInName();

    [GeneratedRegex(@"^(?:var)?char\((\d+)\)$")]
    private static partial Regex Length();
}
