using System.Xml;
using System.Xml.Linq;
using Yunnao.Kernel;

namespace Yunnao.Services.RegistryImport;

/// <summary>Units of UCUM: <c>ucum-essence.xml</c> (base units and units) and tables of composed units with a column of codes.</summary>
internal sealed class UcumImporter : IRegistryFileImporter
{
    public Problem? Import(IReadOnlyList<string> files, ImportOptions options, RegistryDraft draft)
    {
        foreach (var file in files)
        {
            if (Path.GetExtension(file).Equals(".xml", StringComparison.OrdinalIgnoreCase)) Essence(file, draft);
            else if (Path.GetExtension(file).Equals(".md", StringComparison.OrdinalIgnoreCase)) draft.Report.Leave("no-definitions", Path.GetFileName(file));
            else if (Table(file, draft) is { } problem) return problem;
        }

        return null;
    }

    private static void Essence(string file, RegistryDraft draft)
    {
        using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        foreach (var unit in XDocument.Load(reader).Root!.Elements())
        {
            var code = unit.Attribute("Code")?.Value ?? "";
            var name = unit.Elements().FirstOrDefault(e => e.Name.LocalName == "name")?.Value ?? code;
            if (unit.Name.LocalName == "prefix") draft.Report.Leave("unit-prefix", code);
            else Add(code, name, draft);
        }
    }

    private static Problem? Table(string file, RegistryDraft draft)
    {
        if (!ForeignTable.Open(file).Try(out var table, out var problem)) return problem;
        var code = table.Column("case-sensitive code", "code", "ucum");
        var name = table.Column("name (display)", "name");
        var synonyms = table.Column("synonyms");
        if (code < 0 || name < 0) return new(ProblemKind.Incorrect, "import.no-columns", "no column of UCUM codes and names", new Place(file));
        foreach (var row in table.Rows)
        {
            var other = synonyms >= 0 && synonyms < row.Length ? row[synonyms].Split(';')[0] : "";
            if (row.Length > Math.Max(code, name)) Add(row[code], row[name].Length > 0 ? row[name] : other, draft);
        }

        return null;
    }

    private static void Add(string code, string name, RegistryDraft draft)
    {
        // The table repeats units of the essence under a name of its own; the first name stays.
        if (draft.HasUnit(code)) draft.Report.Same("units");
        else draft.Unit(new Row { ["code"] = code }.Name("", name.Length > 0 ? name : code));
    }
}
