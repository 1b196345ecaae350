using System.Text.RegularExpressions;
using Yunnao.Kernel;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// Code lists as people keep them: CSV or XLSX with a column of codes and one of names, under English or Chinese headers; further
/// columns become attributes. One file is one value set, or, with a column that names the list, many.
/// </summary>
internal sealed partial class CodeListImporter : IRegistryFileImporter
{
    private static readonly string[] CodeHeaders = ["code", "代码", "编码", "值", "code_value", "data_element", "document_code", "value_set_oid", "concept_code", "id", "编号"];

    private static readonly string[] ChineseHeaders = ["name_zh", "名称", "中文名称", "代码名称", "值含义", "含义", "说明", "疾病名称", "手术名称"];

    private static readonly string[] EnglishHeaders = ["name_en", "英文名称"];

    private static readonly string[] NameHeaders = ["name", "display", "display_name", "title", "disease", "concept_name", "description"];

    private static readonly string[] ParentHeaders = ["parent", "上级代码", "父代码", "上级编码", "parent_code"];

    public Problem? Import(IReadOnlyList<string> files, ImportOptions options, RegistryDraft draft)
    {
        if (options.Id is not null && (files.Count > 1 || options.ListColumn is not null))
        {
            return new(ProblemKind.Incorrect, "import.bad-option", "an id is for one file with one list; import the others on their own");
        }

        foreach (var file in files)
        {
            if (!ForeignTable.Open(file).Try(out var table, out var problem)) return problem;
            if (ImportTable(table, options, draft) is { } failed) return failed;
        }

        return null;
    }

    private static Problem? ImportTable(ForeignTable table, ImportOptions options, RegistryDraft draft)
    {
        var columns = new Columns(table, options.ListColumn);
        if (columns.Code < 0 || columns.Zh + columns.En < -1)
        {
            return new(
                ProblemKind.Incorrect, "import.no-columns",
                $"no column of codes and names among: {string.Join(", ", table.Header)}", new Place(table.FilePath));
        }

        if (options.ListColumn is null)
        {
            draft.ValueSet(Head(options, Path.GetFileNameWithoutExtension(table.FilePath), table, options.Id), table.Rows.Select(columns.Row));
            return null;
        }

        if (columns.List < 0)
        {
            return new(ProblemKind.Incorrect, "import.no-columns", $"no column '{options.ListColumn}' that names the list", new Place(table.FilePath));
        }

        foreach (var list in table.Rows.GroupBy(r => r[columns.List], StringComparer.Ordinal))
        {
            draft.ValueSet(Head(options, list.Key, table, ValueDomain().Match(list.Key) is { Success: true } id ? id.Value : null), list.Select(columns.Row));
        }

        return null;
    }

    private static Row Head(ImportOptions options, string title, ForeignTable table, string? id)
    {
        var row = new Row
        {
            ["id"] = ImportNames.Id(id ?? title),
            ["oid"] = options.Oid ?? "",
            ["version"] = options.Version,
            ["status"] = "standard",
            ["provisional"] = "yes",
            ["source"] = options.Source ?? Path.GetFileName(table.FilePath),
        };
        return row.Name(options.NameZh ?? title, options.NameEn ?? "");
    }

    /// <summary>The identifier of a value domain of WS 364 or a GB/T table inside a text such as "参照 CV05.10.019 入院疾病病情代码".</summary>
    [GeneratedRegex(@"CV\d\d\.\d\d\.\d{3}|GB(/T)?\s?\d{3,5}(\.\d)?")]
    private static partial Regex ValueDomain();

    private sealed class Columns
    {
        private readonly (int Index, string Name)[] _attributes;
        private readonly int _parent;

        public Columns(ForeignTable table, string? list)
        {
            Code = table.Column(CodeHeaders);
            Zh = table.Column(ChineseHeaders);
            En = table.Column(EnglishHeaders);
            if (Zh < 0) Zh = table.Column(NameHeaders);
            _parent = table.Column(ParentHeaders);
            List = list is null ? -1 : table.Column(list);
            int[] taken = [Code, Zh, En, _parent, List];
            _attributes = [.. table.Header.Select((h, i) => (i, Name: ImportNames.Snake(h))).Where(a => !taken.Contains(a.i)).DistinctBy(a => a.Name)];
        }

        public int Code { get; }

        public int Zh { get; }

        public int En { get; }

        public int List { get; }

        public Row Row(string[] cells)
        {
            var row = new Row { ["code"] = Cell(cells, Code), ["parent"] = Cell(cells, _parent) };
            row.Name(Cell(cells, Zh), Cell(cells, En));
            foreach (var (index, name) in _attributes)
            {
                if (Cell(cells, index) is { Length: > 0 } value) row[name] = value;
            }

            return row;
        }

        private static string Cell(string[] cells, int index) => index >= 0 && index < cells.Length ? cells[index] : "";
    }
}
