using System.IO.Compression;
using System.Text;
using System.Xml;
using Yunnao.Kernel;

namespace Yunnao.Formats.Xlsx;

/// <summary>What the sheets of a workbook share: their names, the texts, which cell formats are dates.</summary>
internal sealed class XlsxBook : IDisposable
{
    /// <summary>Characters of all shared texts together.</summary>
    private const long MaxTexts = 256 << 20;

    /// <summary>A part that unpacks to more than this, and to more than 200 times its size, is a bomb and no workbook.</summary>
    private const long LargePart = 64 << 20;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    private readonly ZipArchive _archive;
    private readonly List<(string Name, string Part)> _sheets = [];
    private readonly List<string> _texts = [];
    private readonly List<bool> _dates = [];

    private XlsxBook(ZipArchive archive) => _archive = archive;

    /// <summary>Names of the sheets, in the order of the workbook.</summary>
    public IReadOnlyList<string> Sheets => [.. _sheets.Select(s => s.Name)];

    /// <summary>True when days are counted from 1904 (workbooks of old Macintoshes).</summary>
    public bool From1904 { get; private set; }

    /// <summary>Opens a workbook. Problems: <c>xlsx.unreadable</c>, <c>xlsx.encrypted</c>, <c>xlsx.too-large</c>.</summary>
    /// <param name="input">Must be seekable; it is closed with the book, and when it cannot be opened.</param>
    public static Result<XlsxBook> Open(Stream input)
    {
        try
        {
            var opened = IsCompoundFile(input)
                ? new Problem(ProblemKind.Unsupported, "xlsx.encrypted", "The workbook has a password, or is of Excel 97. Save it as .xlsx without a password.")
                : Read(new ZipArchive(input, ZipArchiveMode.Read));
            if (!opened.Ok) input.Dispose();
            return opened;
        }
        catch (Exception e) when (e is InvalidDataException or XmlException or EndOfStreamException)
        {
            input.Dispose();
            return Unreadable();
        }
    }

    /// <summary>The problem of a workbook that turns out to be damaged.</summary>
    public static Problem Unreadable() =>
        new(ProblemKind.Incorrect, "xlsx.unreadable", "This is no readable Excel workbook (.xlsx): it is damaged or incomplete.");

    private static Result<XlsxBook> Read(ZipArchive archive)
    {
        if (archive.Entries.Any(e => e.Length > LargePart && e.Length > 200 * Math.Max(1, e.CompressedLength))) return TooLarge();
        var book = new XlsxBook(archive);
        book.ReadSheets();
        book.ReadFormats();
        return book.TryReadTexts() ? book : TooLarge();
    }

    /// <summary>The part of a sheet by its name; of the first when null; null when there is none.</summary>
    public string? PartOf(string? name) => _sheets.FirstOrDefault(s => name is null || s.Name == name).Part;

    public string Text(int number) => number >= 0 && number < _texts.Count ? _texts[number] : "";

    public bool IsDate(int format) => format >= 0 && format < _dates.Count && _dates[format];

    public XmlReader? Open(string part)
    {
        if (_archive.GetEntry(part) is not { } entry) return null;

        // What unpacks to more than the archive says is damaged; the reader ends with an error at that length.
        var text = new StreamReader(new LimitedStream(entry.Open(), entry.Length, () => new InvalidDataException("The content is longer than was announced.")), Encoding.UTF8);
        return XmlReader.Create(text, Settings);
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private void ReadSheets()
    {
        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        using (var relations = Open("xl/_rels/workbook.xml.rels"))
        {
            while (relations?.ReadToFollowing("Relationship", "http://schemas.openxmlformats.org/package/2006/relationships") == true)
                targets[relations.GetAttribute("Id") ?? ""] = relations.GetAttribute("Target") ?? "";
        }

        using var workbook = Open("xl/workbook.xml") ?? throw new InvalidDataException("The archive is no workbook.");
        while (workbook.Read())
        {
            if (workbook.NodeType != XmlNodeType.Element) continue;
            if (workbook.LocalName == "workbookPr") From1904 = workbook.GetAttribute("date1904") is "1" or "true";
            if (workbook.LocalName != "sheet") continue;
            var id = Attribute(workbook, "id");
            if (targets.TryGetValue(id, out var target)) _sheets.Add((workbook.GetAttribute("name") ?? "", target.StartsWith('/') ? target[1..] : "xl/" + target));
        }
    }

    /// <summary>styles.xml: the formats of cells (cellXfs), each with the number of its number format.</summary>
    private void ReadFormats()
    {
        using var styles = Open("xl/styles.xml");
        var custom = new Dictionary<string, bool>(StringComparer.Ordinal);
        var inCells = false;
        while (styles?.Read() == true)
        {
            if (styles.LocalName == "cellXfs") inCells = styles.NodeType == XmlNodeType.Element && !styles.IsEmptyElement;
            if (styles.NodeType != XmlNodeType.Element) continue;
            if (styles.LocalName == "numFmt") custom[styles.GetAttribute("numFmtId") ?? ""] = XlsxNumber.IsDateFormat(styles.GetAttribute("formatCode") ?? "");
            if (styles.LocalName != "xf" || !inCells) continue;
            var id = styles.GetAttribute("numFmtId") ?? "";
            _dates.Add(custom.TryGetValue(id, out var isDate) ? isDate : XlsxNumber.IsBuiltInDate(id));
        }
    }

    private bool TryReadTexts()
    {
        using var shared = Open("xl/sharedStrings.xml");
        var text = new StringBuilder();
        long length = 0;
        while (shared?.Read() == true)
        {
            if (shared.NodeType != XmlNodeType.Element || shared.LocalName != "si") continue;
            text.Clear();
            ReadText(shared, text);
            length += text.Length + 16;
            if (length > MaxTexts) return false;
            _texts.Add(text.ToString());
        }

        return true;
    }

    /// <summary>Adds the texts inside the element at the reader (runs of rich text are joined, phonetic hints left out), which then stands at its end.</summary>
    public static void ReadText(XmlReader reader, StringBuilder text)
    {
        if (reader.IsEmptyElement) return;
        var depth = reader.Depth;
        var (inText, hint) = (false, -1);
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                if (reader.LocalName == "rPh" && hint < 0) hint = reader.Depth;
                inText = reader.LocalName == "t" && !reader.IsEmptyElement;
            }
            else if (reader.NodeType == XmlNodeType.EndElement)
            {
                if (hint == reader.Depth) hint = -1;
                inText = false;
            }
            else if (inText && hint < 0)
            {
                text.Append(reader.Value);
                if (text.Length > InputWindow.MaxRecord) throw new InvalidDataException("A text is longer than it may be.");
            }
        }
    }

    private static string Attribute(XmlReader reader, string localName)
    {
        while (reader.MoveToNextAttribute())
        {
            if (reader.LocalName != localName || reader.Prefix.Length == 0) continue;
            var value = reader.Value;
            reader.MoveToElement();
            return value;
        }

        reader.MoveToElement();
        return "";
    }

    /// <summary>OLE compound files: Excel 97 workbooks, and encrypted ones of today.</summary>
    private static bool IsCompoundFile(Stream input)
    {
        Span<byte> head = stackalloc byte[4];
        var read = input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        input.Position = 0;
        return read == 4 && head.SequenceEqual((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]);
    }

    private static Problem TooLarge() =>
        new(ProblemKind.Incorrect, "xlsx.too-large", "The workbook unpacks to far more than it may. Save the sheet as CSV.");
}
