using System.Text;
using Yunnao.Kernel;

namespace Yunnao.Standards.Compile;

/// <summary>The CSV file that a hospital may send for a data set without any mapping: its header, and a table that explains each column.</summary>
public static class CsvTemplate
{
    private static readonly string[] ColumnsHeader =
        ["column", "name_zh", "name_en", "type", "format", "required", "value_set", "unit", "min", "max", "definition_zh", "definition_en"];

    /// <summary>The header line: every item, vault items too (they are taken out at the door).</summary>
    public static string Header(DataSet dataSet) => Line(dataSet.Items.Where(Wanted).Select(i => i.Name));

    /// <summary>One line a column: name, titles, type, format, whether required, value set, unit, range, definitions.</summary>
    public static string Columns(DataSet dataSet)
    {
        var text = new StringBuilder(Line(ColumnsHeader));
        foreach (var item in dataSet.Items.Where(Wanted))
        {
            text.Append(Line(
            [
                item.Name, item.Title.Zh, item.Title.En, item.Element.Type.ToString(), item.Element.Format.Text, item.Required ? "yes" : "",
                item.ValueSet?.Id, item.Unit, item.Min, item.Max, item.Definition.Zh, item.Definition.En,
            ]));
        }

        return text.ToString();
    }

    /// <summary>A line of RFC 4180, with its line break.</summary>
    public static string Line(IEnumerable<string?> cells) => string.Join(',', cells.Select(c => CsvCell.Write(c ?? ""))) + "\r\n";

    private static bool Wanted(Item item) => item.Status != Status.Superseded;
}
