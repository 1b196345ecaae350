using System.Globalization;
using System.Text;

namespace Yunnao.Synthetic.Tables;

/// <summary>A small CSV table of standards/synthetic: UTF-8, comma, RFC 4180 quoting, a header line. It is part of the program's own data.</summary>
internal sealed class Table
{
    private readonly Dictionary<string, int> _columns = [];
    private readonly List<string[]> _rows = [];
    private readonly string _file;

    private Table(string file) => _file = file;

    public int Count => _rows.Count;

    /// <exception cref="IOException">The file is missing or cannot be read: the installation is broken.</exception>
    public static Table Read(string folder, string name)
    {
        var table = new Table(name);
        var first = true;
        foreach (var cells in Cells(File.ReadAllText(Path.Combine(folder, name))))
        {
            if (first)
            {
                for (var i = 0; i < cells.Length; i++) table._columns.Add(cells[i], i);
                first = false;
            }
            else
            {
                table._rows.Add(cells);
            }
        }

        return table;
    }

    public IEnumerable<Line> Lines() => Enumerable.Range(0, _rows.Count).Select(i => new Line(this, i));

    private string Cell(int row, string column)
    {
        if (!_columns.TryGetValue(column, out var index)) throw new InvalidDataException($"{_file} has no column {column}.");
        var cells = _rows[row];
        return index < cells.Length ? cells[index] : "";
    }

    private static IEnumerable<string[]> Cells(string text)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"') cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[++i]);
                else quoted = false;
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c is ',' or '\n')
            {
                cells.Add(cell.ToString());
                cell.Clear();
                if (c == ',') continue;
                yield return [.. cells];
                cells.Clear();
            }
            else if (c is not '\r' and not '\uFEFF')
            {
                cell.Append(c);
            }
        }

        if (cells.Count > 0 || cell.Length > 0) yield return [.. cells, cell.ToString()];
    }

    /// <summary>A line; a cell that does not read is an error of the file, named with its line.</summary>
    internal readonly record struct Line(Table Table, int Row)
    {
        public string this[string column] => Table.Cell(Row, column);

        public double Number(string column, double missing = double.NaN) => Read(column, missing, double.TryParse);

        public int Integer(string column, int missing = int.MinValue) => (int)Number(column, missing);

        /// <summary>Blank-separated words.</summary>
        public string[] Words(string column) => this[column].Split(' ', StringSplitOptions.RemoveEmptyEntries);

        private double Read(string column, double missing, TryParse parse)
        {
            var text = this[column];
            if (text.Length == 0 && !double.IsNaN(missing)) return missing;
            return parse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new InvalidDataException($"{Table._file}:{Row + 2}: {column} is not a number.");
        }

        private delegate bool TryParse(string text, NumberStyles style, IFormatProvider culture, out double value);
    }
}
