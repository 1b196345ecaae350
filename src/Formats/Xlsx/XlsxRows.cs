using System.Text;
using System.Xml;

namespace Yunnao.Formats.Xlsx;

/// <summary>The rows of a sheet, one after the other.</summary>
internal sealed class XlsxRows : IDisposable
{
    private readonly XlsxBook _book;
    private readonly XmlReader _reader;
    private readonly List<(int Position, string Text)> _cells = [];
    private readonly StringBuilder _text = new();

    public XlsxRows(XlsxBook book, string part)
    {
        _book = book;
        _reader = book.Open(part) ?? throw new InvalidDataException("The part of the sheet is missing.");
    }

    /// <summary>Number of the row, from 1.</summary>
    public int Row { get; private set; }

    /// <summary>The cells of the row that are written, with their column from 0.</summary>
    public IReadOnlyList<(int Position, string Text)> Cells => _cells;

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Read()
    {
        while (_reader.Read())
        {
            if (_reader.NodeType != XmlNodeType.Element || _reader.LocalName != "row") continue;
            Row = int.TryParse(_reader.GetAttribute("r"), out var number) && number > Row ? number : Row + 1;
            ReadCells();
            return true;
        }

        return false;
    }

    public void Dispose() => _reader.Dispose();

    private void ReadCells()
    {
        _cells.Clear();
        if (_reader.IsEmptyElement) return;
        var depth = _reader.Depth;
        var position = -1;
        long length = 0;
        while (_reader.Read() && _reader.Depth > depth)
        {
            if (_reader.NodeType != XmlNodeType.Element || _reader.LocalName != "c") continue;
            position = PositionOf(_reader.GetAttribute("r"), position + 1);
            if (position >= XlsxNumber.MaxColumns || _cells.Count >= XlsxNumber.MaxColumns) throw new InvalidDataException("A row has more cells than a sheet can have.");
            var text = Cell();
            length += text.Length;
            if (length > InputWindow.MaxRecord) throw new InvalidDataException("A row is longer than it may be.");
            _cells.Add((position, text));
        }
    }

    /// <summary>The text of the cell at the reader, which then stands at its end.</summary>
    private string Cell()
    {
        var type = _reader.GetAttribute("t");
        var format = int.TryParse(_reader.GetAttribute("s"), out var number) ? number : -1;
        if (_reader.IsEmptyElement) return "";
        _text.Clear();
        var depth = _reader.Depth;
        while (_reader.Read() && _reader.Depth > depth)
        {
            if (_reader.NodeType != XmlNodeType.Element || _reader.IsEmptyElement) continue;
            if (_reader.LocalName == "is") XlsxBook.ReadText(_reader, _text);
            else if (_reader.LocalName == "v") ReadValue();
        }

        var value = _text.ToString();
        return type switch
        {
            "s" => int.TryParse(value, out var shared) ? _book.Text(shared) : "",
            "b" => value == "1" ? "true" : "false",
            "str" or "inlineStr" or "e" or "d" => value,
            _ => XlsxNumber.Text(value, _book.IsDate(format), _book.From1904),
        };
    }

    private void ReadValue()
    {
        var depth = _reader.Depth;
        while (_reader.Read() && _reader.Depth > depth) _text.Append(_reader.Value);
    }

    /// <summary>The column of a reference such as <c>AB12</c>, from 0.</summary>
    private static int PositionOf(string? reference, int otherwise)
    {
        if (reference is null) return otherwise;
        var column = 0;
        foreach (var c in reference)
        {
            if (!char.IsAsciiLetterUpper(c)) break;
            column = (column * 26) + (c - 'A' + 1);
            if (column > XlsxNumber.MaxColumns) return XlsxNumber.MaxColumns;
        }

        return column == 0 ? otherwise : column - 1;
    }
}
