using System.Xml;
using Yunnao.Formats.Tables;
using Yunnao.Kernel;

namespace Yunnao.Formats.Xlsx;

/// <summary>
/// One sheet of an Excel workbook (.xlsx, ECMA-376), row by row: only the shared texts are in memory, within a limit. Dates become ISO 8601
/// text by the format of their cell; numbers become their shortest text; a formula is its last value, an error its sign (<c>#N/A</c>).
/// Rows without any value are no records.
/// </summary>
public sealed class XlsxTable : TableFile
{
    private readonly XlsxBook _book;
    private readonly XlsxRows _sheet;
    private readonly int[] _positions;

    private XlsxTable(XlsxBook book, XlsxRows sheet, IReadOnlyList<(string Name, int Position)> columns)
    {
        (_book, _sheet) = (book, sheet);
        Columns = [.. columns.Select(c => c.Name)];
        _positions = new int[columns.Max(c => c.Position) + 1];
        Array.Fill(_positions, -1);
        for (var i = 0; i < columns.Count; i++) _positions[columns[i].Position] = i;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns { get; }

    /// <summary>
    /// Opens a workbook and reads to its column names. Problems: <c>xlsx.unreadable</c>, <c>xlsx.encrypted</c>, <c>xlsx.too-large</c>,
    /// <c>xlsx.no-sheet</c>, <c>xlsx.empty</c>.
    /// </summary>
    /// <param name="input">Must be seekable; it is closed with the file, and when it cannot be opened.</param>
    /// <param name="sheet">Name of the sheet; null: the first.</param>
    /// <param name="headerRow">Row of the column names, from 1.</param>
    public static Result<XlsxTable> Open(Stream input, string? sheet, int headerRow)
    {
        if (!XlsxBook.Open(input).Try(out var book, out var problem)) return problem;
        try
        {
            var opened = Open(book, sheet, headerRow);
            if (!opened.Ok) book.Dispose();
            return opened;
        }
        catch (Exception e) when (e is InvalidDataException or XmlException or EndOfStreamException)
        {
            book.Dispose();
            return XlsxBook.Unreadable();
        }
    }

    /// <inheritdoc/>
    public override long Decode(IRowSink sink, CancellationToken cancel)
    {
        var rows = Writer(sink);
        long records = 0;
        try
        {
            while (_sheet.Read())
            {
                if ((_sheet.Row & 0xFFF) == 0) cancel.ThrowIfCancellationRequested();
                var batch = rows.Batch(0);
                var any = false;
                foreach (var (position, text) in _sheet.Cells)
                {
                    if (position >= _positions.Length || _positions[position] < 0 || text.Length == 0) continue;
                    Set(batch, _positions[position], text);
                    any = true;
                }

                if (any) rows.EndRow(0, ++records, 0);
            }
        }
        catch (XmlException e)
        {
            throw new InvalidDataException("The sheet is damaged.", e);
        }

        rows.Finish();
        return records;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        _sheet.Dispose();
        _book.Dispose();
    }

    private static Result<XlsxTable> Open(XlsxBook book, string? name, int headerRow)
    {
        if (book.PartOf(name) is not { } part)
            return new Problem(ProblemKind.NotFound, "xlsx.no-sheet", name is null ? (Sentence)"The workbook has no sheet." : "The workbook has no sheet of the name that the mapping gives.");
        var sheet = new XlsxRows(book, part);
        while (sheet.Read())
        {
            if (sheet.Row < headerRow) continue;
            var columns = sheet.Cells.Select(c => (Name: c.Text.Trim(), c.Position)).Where(c => c.Name.Length > 0).ToList();
            if (columns.Count is > 0 and <= MaxColumns) return new XlsxTable(book, sheet, columns);
            break;
        }

        sheet.Dispose();
        return new Problem(ProblemKind.Incorrect, "xlsx.empty", "The sheet has no row of column names where the mapping says.");
    }
}
