using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Services.RegistryImport;

namespace Yunnao.Services.Grouping;

/// <summary>
/// Cases in a CSV file or the first sheet of a workbook, one a row, their codes in one column separated by <c>|</c>, comma or blank, or
/// in numbered columns (<c>diagnosis_1</c> …). Columns go by our names, by those of OpenDRG, or by Chinese ones.
/// </summary>
public sealed class CaseTable
{
    private static readonly char[] Between = ['|', ',', ';', ' '];

    private readonly ForeignTable _table;
    private readonly int _id;
    private readonly int _sex;
    private readonly int _years;
    private readonly int _days;
    private readonly int _weight;
    private readonly int _expected;
    private readonly int[] _diagnoses;
    private readonly int[] _operations;

    private CaseTable(ForeignTable table)
    {
        _table = table;
        _id = table.Column("case_no", "Index", "病案号", "page_no", "id");
        _sex = table.Column("sex", "gender", "性别");
        _years = table.Column("age_years", "age", "年龄");
        _days = table.Column("age_days", "ageDay", "年龄天数");
        _weight = table.Column("weight", "新生儿体重");
        _expected = table.Column("drg", "expected");
        _diagnoses = Columns(table, ["diagnoses", "zdList", "ICD10_DRGS", "诊断"], "diagnosis_");
        _operations = Columns(table, ["operations", "ssList", "ICD9_DRGS", "手术"], "operation_");
    }

    /// <summary>True when a column says which group is expected.</summary>
    public bool HasExpected => _expected >= 0;

    /// <summary>Opens a table. Problems: <c>import.no-file</c>, <c>import.no-columns</c>, <c>xlsx.unreadable</c>.</summary>
    public static Result<CaseTable> Open(string path)
    {
        if (!File.Exists(path)) return new Problem(ProblemKind.NotFound, "import.no-file", "there is no such file or folder", new(path));
        if (!ForeignTable.Open(path).Try(out var table, out var problem)) return problem;
        var cases = new CaseTable(table);
        if (cases._id >= 0 && cases._sex >= 0 && cases._years >= 0 && cases._diagnoses.Length > 0) return cases;
        return new Problem(
            ProblemKind.Incorrect, "import.no-columns", $"cases need the columns case_no, sex, age_years, diagnoses; there are: {string.Join(", ", table.Header)}", new(path));
    }

    /// <summary>The cases as they are read, each with the group its row expects, or null.</summary>
    public IEnumerable<(DischargedCase Case, string? Expected)> Rows()
    {
        foreach (var row in _table.Rows)
        {
            var expected = Cell(row, _expected);
            yield return (
                new(Cell(row, _id), Sex(Cell(row, _sex)), Number(Cell(row, _years)), Number(Cell(row, _days)), Number(Cell(row, _weight)), Codes(row, _diagnoses), Codes(row, _operations)),
                expected.Length > 0 ? expected : null);
        }
    }

    private static int[] Columns(ForeignTable table, string[] names, string numbered)
    {
        if (table.Column(names) is >= 0 and var column) return [column];
        var columns = new List<int>();
        for (var i = 1; table.Column($"{numbered}{i}") is >= 0 and var next; i++) columns.Add(next);
        return [.. columns];
    }

    private static List<string> Codes(string[] row, int[] columns) =>
        [.. columns.SelectMany(c => Cell(row, c).Split(Between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static string Cell(string[] row, int column) => column >= 0 && column < row.Length ? row[column].Trim() : "";

    private static string Sex(string text) => text switch { "男" or "M" => "1", "女" or "F" => "2", _ => text };

    private static int? Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < int.MaxValue ? (int)value : null;
}
