using System.Xml;
using Yunnao.Kernel;

namespace Yunnao.Formats.Xlsx;

/// <summary>The sheets of a workbook (ECMA-376) as rows of text, read one row at a time.</summary>
public sealed class XlsxReader : IDisposable
{
    private readonly XlsxBook _book;

    private XlsxReader(XlsxBook book) => _book = book;

    /// <summary>Names of the sheets, in the order of the workbook.</summary>
    public IReadOnlyList<string> Sheets => _book.Sheets;

    /// <summary>Opens a workbook. Problems: <c>xlsx.unreadable</c>, <c>xlsx.encrypted</c>, <c>xlsx.too-large</c>.</summary>
    public static Result<XlsxReader> Open(string path)
    {
        FileStream file;
        try
        {
            file = File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return XlsxBook.Unreadable() with { Where = new(path) };
        }

        return XlsxBook.Open(file).Try(out var book, out var problem) ? new XlsxReader(book) : problem with { Where = new(path) };
    }

    /// <summary>The rows of a sheet that have text in them; a row's cells begin at column A, dates are written as ISO 8601.</summary>
    /// <exception cref="InvalidDataException">The sheet is damaged.</exception>
    public IEnumerable<string[]> Rows(string sheet)
    {
        if (_book.PartOf(sheet) is not { } part) yield break;
        using var rows = new XlsxRows(_book, part);
        while (Read(rows))
        {
            var cells = new string[rows.Cells.Count == 0 ? 0 : rows.Cells.Max(c => c.Position) + 1];
            Array.Fill(cells, "");
            foreach (var (position, text) in rows.Cells) cells[position] = text.Trim();
            if (Array.Exists(cells, c => c.Length > 0)) yield return cells;
        }
    }

    public void Dispose() => _book.Dispose();

    private static bool Read(XlsxRows rows)
    {
        try
        {
            return rows.Read();
        }
        catch (XmlException e)
        {
            throw new InvalidDataException("The sheet is damaged.", e);
        }
    }
}
