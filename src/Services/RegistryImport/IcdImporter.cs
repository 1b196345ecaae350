using System.Text.RegularExpressions;
using Yunnao.Kernel;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// The Chinese lists of ICD-10 and ICD-9-CM-3 and what hangs on them, as files of lines: a code and its name (a list), a code and another
/// code (a map from the clinical to the insurance edition), a code and a number (a list of complications with its exclusion group), a
/// category and its chapters (two CSV files). What a file is follows from its lines.
/// </summary>
internal sealed partial class IcdImporter : IRegistryFileImporter
{
    private const int SampleLines = 400;

    private enum Form { Diagnoses, Operations, DiagnosisMap, OperationMap, Groups, Marks, Categories, Chapters, Other }

    public Problem? Import(IReadOnlyList<string> files, ImportOptions options, RegistryDraft draft)
    {
        var tables = new List<(ForeignTable Table, Form Form)>();
        foreach (var file in files)
        {
            if (!ForeignTable.Open(file).Try(out var table, out var problem)) return problem;
            tables.Add((table, FormOf(table)));
        }

        var names = tables.Where(t => t.Form is Form.Diagnoses).SelectMany(t => t.Table.Rows).DistinctBy(r => r[0]).ToDictionary(r => r[0], r => r[1], StringComparer.Ordinal);
        foreach (var (table, form) in tables) Import(table, form, options, draft, names);
        var categories = tables.Where(t => t.Form == Form.Categories).SelectMany(t => t.Table.Rows).ToList();
        if (categories.Count > 0) Categories(categories, tables.FirstOrDefault(t => t.Form == Form.Chapters).Table, options, draft);
        return null;
    }

    private static void Import(ForeignTable table, Form form, ImportOptions options, RegistryDraft draft, Dictionary<string, string> names)
    {
        var file = Path.GetFileNameWithoutExtension(table.FilePath);
        switch (form)
        {
            case Form.Diagnoses:
                draft.ValueSet(Head(options.Id ?? "ICD10", "疾病诊断编码(ICD-10医保版)", "Diagnoses (ICD-10, Chinese insurance edition)", table, options), Codes(table));
                break;
            // CHS-DRG also has a list of the operations that count for grouping.
            case Form.Operations when !file.Contains("VALID", StringComparison.OrdinalIgnoreCase):
                draft.ValueSet(Head(options.Id ?? "ICD9CM3", "手术操作编码(ICD-9-CM-3医保版)", "Operations (ICD-9-CM-3, Chinese insurance edition)", table, options), Codes(table));
                break;
            case Form.DiagnosisMap or Form.OperationMap:
                var id = form == Form.DiagnosisMap ? "icd10-clinical-insurance" : "icd9cm3-clinical-insurance";
                draft.CodeMap(id, table.Rows.Select(r => new Row { ["source"] = r[0], ["target"] = r[1], ["name"] = names.GetValueOrDefault(r[0], "") }));
                break;
            case Form.Operations or Form.Groups:
                draft.ValueSet(Head($"CHSDRG.{file}", $"CHS-DRG {file}", $"CHS-DRG {file}", table, options), Codes(table));
                break;
            case Form.Marks:
                draft.ValueSet(Head($"CHSDRG.{file}", $"CHS-DRG {file}", $"CHS-DRG {file}", table, options), table.Rows.Select(r =>
                    new Row { ["code"] = r[0], ["exclusion"] = r[1] }.Name(names.GetValueOrDefault(r[0], r[0]), "")));
                break;
            case Form.Other:
                draft.Report.Leave("icd-other-file", Path.GetFileName(table.FilePath));
                break;
            default:
                break;
        }
    }

    private static IEnumerable<Row> Codes(ForeignTable table) => table.Rows.Select(r => new Row { ["code"] = r[0] }.Name(r[1], ""));

    /// <summary>Three-character categories below their blocks, and those below their chapters.</summary>
    private static void Categories(List<string[]> categories, ForeignTable? chapters, ImportOptions options, RegistryDraft draft)
    {
        var blocks = chapters?.Rows.Where(r => r.Length >= 4).Select(r => (Low: r[0], High: r[1], Level: r[2], Name: r[3])).ToList() ?? [];
        var rows = new List<Row>();
        foreach (var block in blocks)
        {
            rows.Add(new Row
            {
                ["code"] = Block(block),
                ["parent"] = blocks.Where(b => string.CompareOrdinal(b.Level, block.Level) < 0 && Holds(b, block.Low) && Holds(b, block.High)).Select(Block).LastOrDefault() ?? "",
            }.Name(block.Name, ""));
        }

        rows.AddRange(categories.Select(c => new Row { ["code"] = c[0], ["parent"] = blocks.Where(b => Holds(b, c[0])).Select(Block).LastOrDefault() ?? "" }.Name(c[1], "")));
        var head = new Row { ["id"] = "ICD10.category", ["version"] = options.Version, ["status"] = "standard", ["provisional"] = "yes", ["source"] = options.Source ?? "ICD-10" };
        draft.ValueSet(head.Name("疾病分类类目(ICD-10)", "Categories of ICD-10"), rows.Where(r => r["code"].Length > 0));
    }

    private static string Block((string Low, string High, string Level, string Name) block) => $"{block.Low}-{block.High}";

    private static bool Holds((string Low, string High, string Level, string Name) block, string code) =>
        string.CompareOrdinal(block.Low, code) <= 0 && string.CompareOrdinal(code, block.High) <= 0;

    private static Row Head(string id, string zh, string en, ForeignTable table, ImportOptions options) => new Row
    {
        ["id"] = ImportNames.Id(id),
        ["version"] = options.Version,
        ["status"] = "standard",
        ["provisional"] = "yes",
        ["source"] = options.Source ?? Path.GetFileName(table.FilePath),
    }.Name(options.NameZh ?? zh, options.NameEn ?? en);

    private static Form FormOf(ForeignTable table)
    {
        if (table.Column("code_lower_bound") >= 0) return Form.Chapters;
        if (table.Column("disease") >= 0) return Form.Categories;
        if (table.Header is not ["code", "name"]) return Form.Other;
        var sample = table.Rows.Take(SampleLines).ToList();
        if (sample.Count == 0) return Form.Other;
        bool Most(Func<string[], bool> test) => sample.Count(test) > sample.Count * 9 / 10;
        var diagnoses = Most(r => Diagnosis().IsMatch(r[0]));
        var operations = Most(r => Operation().IsMatch(r[0]));
        if (Most(r => int.TryParse(r[1], out _))) return diagnoses ? Form.Marks : Form.Other;
        if (diagnoses) return Most(r => Diagnosis().IsMatch(r[1])) ? Form.DiagnosisMap : Form.Diagnoses;
        if (operations) return Most(r => Operation().IsMatch(r[1])) ? Form.OperationMap : Form.Operations;
        return Most(r => Group().IsMatch(r[0])) ? Form.Groups : Form.Other;
    }

    [GeneratedRegex(@"^[A-Z]\d\d(\.[\dxX][\dxX+*]*)?")]
    private static partial Regex Diagnosis();

    [GeneratedRegex(@"^\d\d\.\d")]
    private static partial Regex Operation();

    [GeneratedRegex(@"^[A-Z0-9]{4}$")]
    private static partial Regex Group();
}
