using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Yunnao.Formats.Xlsx;

/// <summary>
/// Writes a workbook to be filled in by hand, or to be read: all cells are text, but for columns of numbers, so that a code <c>01</c> stays what it is; drop-downs take their
/// values from a hidden sheet.
/// </summary>
public static class XlsxWriter
{
    private const string ListSheet = "lists";
    private const uint TextStyle = 1;
    private const uint HeaderStyle = 2;

    // Rows below the written ones that have drop-downs too.
    private const int LastRow = 20_000;
    private const int LongestPrompt = 255;

    /// <summary>Writes the sheets, and last the hidden sheet of the drop-downs. Rows are written one by one.</summary>
    public static void Write(Stream stream, IReadOnlyList<XlsxSheet> sheets)
    {
        using var document = SpreadsheetDocument.Create(stream, SpreadsheetDocumentType.Workbook);
        var book = document.AddWorkbookPart();
        book.AddNewPart<WorkbookStylesPart>().Stylesheet = Styles();
        var lists = Lists(sheets);
        var names = new Sheets();
        foreach (var sheet in sheets) Add(book, names, sheet, lists);
        if (lists.Count > 0) Add(book, names, ListRows(lists), []).State = SheetStateValues.Hidden;
        book.Workbook = new Workbook(names);
    }

    /// <summary>Each list of choices once, with its column in the hidden sheet.</summary>
    private static Dictionary<IReadOnlyList<string>, int> Lists(IReadOnlyList<XlsxSheet> sheets)
    {
        var lists = new Dictionary<IReadOnlyList<string>, int>(ReferenceEqualityComparer.Instance);
        foreach (var choices in sheets.SelectMany(s => s.Columns).Select(c => c.Choices).OfType<IReadOnlyList<string>>().Where(c => c.Count > 0))
        {
            lists.TryAdd(choices, lists.Count);
        }

        return lists;
    }

    private static XlsxSheet ListRows(Dictionary<IReadOnlyList<string>, int> lists)
    {
        var columns = lists.OrderBy(l => l.Value).Select(l => l.Key).ToArray();
        var rows = Enumerable.Range(0, columns.Max(c => c.Count)).Select(row => (string[])[.. columns.Select(c => row < c.Count ? c[row] : "")]);
        return new(ListSheet, [.. columns.Select((_, i) => new XlsxColumn($"list {i + 1}"))], rows);
    }

    private static Sheet Add(WorkbookPart book, Sheets names, XlsxSheet sheet, Dictionary<IReadOnlyList<string>, int> lists)
    {
        var part = book.AddNewPart<WorksheetPart>();
        using (var writer = OpenXmlWriter.Create(part))
        {
            writer.WriteStartElement(new Worksheet());
            writer.WriteElement(HeaderPane());
            writer.WriteElement(new Columns(sheet.Columns.Select((c, i) => Width(i, c))));
            writer.WriteStartElement(new SheetData());
            WriteRow(writer, [.. sheet.Columns.Select(c => c.Header)], HeaderStyle, []);
            var numbers = sheet.Columns.Select(c => c.Number).ToArray();
            foreach (var row in sheet.Rows) WriteRow(writer, row, TextStyle, numbers);
            writer.WriteEndElement();
            var validations = sheet.Columns.Select((c, i) => Validation(c, i, lists)).OfType<DataValidation>().ToArray();
            if (validations.Length > 0) writer.WriteElement(new DataValidations(validations) { Count = (uint)validations.Length });
            writer.WriteEndElement();
        }

        var entry = new Sheet { Id = book.GetIdOfPart(part), SheetId = (uint)names.ChildElements.Count + 1, Name = sheet.Name };
        names.Append(entry);
        return entry;
    }

    private static void WriteRow(OpenXmlWriter writer, IReadOnlyList<string> cells, uint style, bool[] numbers)
    {
        writer.WriteStartElement(new Row());
        for (var i = 0; i < cells.Count; i++)
        {
            var cell = cells[i];
            if (i < numbers.Length && numbers[i] && (cell.Length == 0 || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
            {
                writer.WriteElement(cell.Length == 0 ? new Cell() : new Cell(new CellValue(cell)) { DataType = CellValues.Number });
                continue;
            }

            var text = new Text(cell) { Space = SpaceProcessingModeValues.Preserve };
            writer.WriteElement(new Cell(new InlineString(text)) { DataType = CellValues.InlineString, StyleIndex = style });
        }

        writer.WriteEndElement();
    }

    private static DataValidation? Validation(XlsxColumn column, int index, Dictionary<IReadOnlyList<string>, int> lists)
    {
        var listed = column.Choices is { Count: > 0 };
        if (!listed && column.Prompt is null) return null;
        var letters = Letters(index);
        var validation = new DataValidation
        {
            AllowBlank = true,
            SequenceOfReferences = new ListValue<StringValue>([$"{letters}2:{letters}{LastRow}"]),
        };
        if (column.Prompt is { } prompt)
        {
            validation.ShowInputMessage = true;
            validation.PromptTitle = column.Header.Length > 32 ? column.Header[..32] : column.Header;
            validation.Prompt = prompt.Length > LongestPrompt ? prompt[..LongestPrompt] : prompt;
        }

        if (!listed) return validation;
        var list = Letters(lists[column.Choices!]);
        validation.Type = DataValidationValues.List;
        validation.ShowErrorMessage = !column.OthersToo;
        validation.Formula1 = new Formula1(string.Create(CultureInfo.InvariantCulture, $"{ListSheet}!${list}$2:${list}${column.Choices!.Count + 1}"));
        return validation;
    }

    private static string Letters(int index) => (index < 26 ? "" : Letters((index / 26) - 1)) + (char)('A' + (index % 26));

    private static Column Width(int index, XlsxColumn column) => new()
    {
        Min = (uint)index + 1,
        Max = (uint)index + 1,
        Width = Math.Clamp(column.Header.Length + 4, 12, 30),
        CustomWidth = true,
        Style = TextStyle,
    };

    private static SheetViews HeaderPane() => new(new SheetView(new Pane
    {
        VerticalSplit = 1,
        TopLeftCell = "A2",
        ActivePane = PaneValues.BottomLeft,
        State = PaneStateValues.Frozen,
    })
    { WorkbookViewId = 0 });

    private static Stylesheet Styles() => new(
        new Fonts(new Font(), new Font(new Bold())),
        new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 })),
        new Borders(new Border()),
        new CellFormats(
            new CellFormat(),
            new CellFormat { NumberFormatId = 49, ApplyNumberFormat = true },
            new CellFormat { FontId = 1, ApplyFont = true, NumberFormatId = 49, ApplyNumberFormat = true }));
}
