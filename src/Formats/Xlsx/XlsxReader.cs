using System.Buffers;
using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Yunnao.Kernel;

namespace Yunnao.Formats.Xlsx;

/// <summary>The sheets of a workbook (ECMA-376) as rows of text, read one row at a time; the table of shared texts is kept in memory.</summary>
public sealed class XlsxReader : IDisposable
{
    // Built-in number formats that show a serial number as a date or time (ECMA-376 part 1, 18.8.30).
    private static readonly (uint First, uint Last)[] DateFormats = [(14, 22), (27, 36), (45, 47), (50, 58)];

    private static readonly SearchValues<char> s_dateLetters = SearchValues.Create("ymdhYMDH");

    private readonly SpreadsheetDocument _document;
    private readonly WorkbookPart _book;
    private readonly string[] _texts;
    private readonly bool[] _dates;

    private XlsxReader(SpreadsheetDocument document, WorkbookPart book)
    {
        (_document, _book) = (document, book);
        _texts = [.. book.SharedStringTablePart?.SharedStringTable?.Elements<SharedStringItem>().Select(Text) ?? []];
        _dates = [.. DateStyles(book.WorkbookStylesPart?.Stylesheet)];
        Sheets = [.. book.Workbook?.Sheets?.Elements<Sheet>().Select(s => s.Name?.Value ?? "") ?? []];
    }

    /// <summary>Names of the sheets, in the order of the workbook.</summary>
    public IReadOnlyList<string> Sheets { get; }

    /// <summary>Opens a workbook. Problem: <c>xlsx.unreadable</c>.</summary>
    public static Result<XlsxReader> Open(string path)
    {
        SpreadsheetDocument? document = null;
        try
        {
            document = SpreadsheetDocument.Open(path, isEditable: false);
            if (document.WorkbookPart is { } book) return new XlsxReader(document, book);
        }
        catch (Exception failure) when (IsBroken(failure))
        {
            document?.Dispose();
            return Unreadable(path, failure.Message);
        }

        document.Dispose();
        return Unreadable(path, "it has no workbook in it");
    }

    /// <summary>The rows of a sheet that have text in them; a row's cells begin at column A, dates are written as ISO 8601.</summary>
    public IEnumerable<string[]> Rows(string sheet)
    {
        var id = _book.Workbook?.Sheets?.Elements<Sheet>().First(s => s.Name?.Value == sheet).Id?.Value;
        if (id is null || _book.GetPartById(id) is not WorksheetPart part) yield break;
        using var reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            if (reader.ElementType != typeof(Row) || !reader.IsStartElement) continue;
            var cells = Cells((Row)reader.LoadCurrentElement()!);
            if (Array.Exists(cells, c => c.Length > 0)) yield return cells;
        }
    }

    public void Dispose() => _document.Dispose();

    private string[] Cells(Row row)
    {
        var cells = new List<string>();
        foreach (var cell in row.Elements<Cell>())
        {
            var at = cell.CellReference?.Value is { } reference ? Index(reference) : cells.Count;
            while (cells.Count <= at) cells.Add("");
            cells[at] = Value(cell).Trim();
        }

        return [.. cells];
    }

    private string Value(Cell cell)
    {
        if (cell.InlineString is { } inline) return Text(inline);
        var raw = cell.CellValue?.Text ?? "";
        var type = cell.DataType?.Value;
        if (type == CellValues.SharedString)
        {
            return int.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < _texts.Length ? _texts[index] : "";
        }

        if (type == CellValues.Boolean) return raw == "1" ? "true" : "false";
        if (type is not null && type != CellValues.Number) return raw;
        if (!double.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return raw;
        return IsDate(cell) ? Date(number) : number.ToString("R", CultureInfo.InvariantCulture);
    }

    private bool IsDate(Cell cell) => cell.StyleIndex?.Value is { } style && style < _dates.Length && _dates[style];

    private static string Date(double serial)
    {
        // The serial numbers of dates that .NET knows; others are left as the numbers they are.
        if (serial is < 1 or > 2_958_465) return serial.ToString("R", CultureInfo.InvariantCulture);
        var date = DateTime.FromOADate(serial);
        return date.ToString(date.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<bool> DateStyles(Stylesheet? styles)
    {
        var own = styles?.NumberingFormats?.Elements<NumberingFormat>().Where(f => f.NumberFormatId is not null)
            .ToDictionary(f => f.NumberFormatId!.Value, f => f.FormatCode?.Value ?? "") ?? [];
        return styles?.CellFormats?.Elements<CellFormat>().Select(f => f.NumberFormatId?.Value is { } id && IsDateFormat(id, own)) ?? [];
    }

    private static bool IsDateFormat(uint id, Dictionary<uint, string> own) =>
        own.TryGetValue(id, out var code) ? code.AsSpan().ContainsAny(s_dateLetters) && !code.Contains('#') && !code.Contains('0')
        : Array.Exists(DateFormats, f => id >= f.First && id <= f.Last);

    /// <summary>Column of a cell reference such as <c>AB12</c>, from 0.</summary>
    private static int Index(string reference)
    {
        // The last column of a sheet is XFD, three letters.
        var index = 0;
        foreach (var letter in reference.AsSpan(0, Math.Min(3, reference.Length)))
        {
            if (!char.IsAsciiLetterUpper(letter)) break;
            index = (index * 26) + letter - 'A' + 1;
        }

        return Math.Max(0, index - 1);
    }

    private static string Text(OpenXmlElement item) => string.Concat(item.Descendants<Text>().Where(t => t.Parent is not PhoneticRun).Select(t => t.Text));

    private static bool IsBroken(Exception failure) =>
        failure is OpenXmlPackageException or IOException or InvalidDataException or FileFormatException or UnauthorizedAccessException
            or System.Xml.XmlException;

    private static Problem Unreadable(string path, string why) =>
        new(ProblemKind.Incorrect, "xlsx.unreadable", $"this is no workbook that can be read: {why}", new Place(path));
}
