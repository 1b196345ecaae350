using System.IO.Compression;
using CsvHelper;
using Yunnao.Formats.Encodings;
using Yunnao.Formats.Xlsx;
using Yunnao.Kernel;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// A table of others: CSV with any separator in any encoding we know, the first sheet of a workbook, or lines of a code, blanks and a
/// name (<c>.dat</c>, <c>.txt</c>; those have the columns <c>code</c> and <c>name</c>). Rows are read as they are asked for.
/// </summary>
internal sealed class ForeignTable
{
    private readonly Func<IEnumerable<string[]>> _rows;

    private ForeignTable(string path, string[] header, Func<IEnumerable<string[]>> rows) => (FilePath, Header, _rows) = (path, header, rows);

    public string FilePath { get; }

    public IReadOnlyList<string> Header { get; }

    public IEnumerable<string[]> Rows => _rows();

    /// <summary>Opens a table and reads its header. Problem: <c>xlsx.unreadable</c>.</summary>
    public static Result<ForeignTable> Open(string path)
    {
        var bare = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(bare).ToLowerInvariant() switch
        {
            ".xlsx" or ".xlsm" => OpenWorkbook(path),
            ".dat" or ".txt" => new ForeignTable(path, ["code", "name"], () => Lines(path)),
            _ => new ForeignTable(path, [.. ReadHeader(path)], () => Cells(path)),
        };
    }

    /// <summary>Index of the first column that has one of the names, in any case; -1 when there is none.</summary>
    public int Column(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            for (var i = 0; i < Header.Count; i++)
            {
                if (Header[i].Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
            }
        }

        return -1;
    }

    /// <summary>The bytes of a file, unpacked when it is gzip.</summary>
    public static Stream OpenStream(string path)
    {
        var file = File.OpenRead(path);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static Result<ForeignTable> OpenWorkbook(string path)
    {
        if (!XlsxReader.Open(path).Try(out var book, out var problem)) return problem;
        using (book)
        {
            var header = book.Sheets.Count == 0 ? [] : book.Rows(book.Sheets[0]).FirstOrDefault() ?? [];
            return new ForeignTable(path, header, () => SheetRows(path));
        }
    }

    private static IEnumerable<string[]> SheetRows(string path)
    {
        if (!XlsxReader.Open(path).Try(out var book, out var problem)) throw new InvalidDataException(problem.Message.ToString());
        using (book)
        {
            foreach (var row in book.Rows(book.Sheets[0]).Skip(1)) yield return row;
        }
    }

    private static IEnumerable<string> ReadHeader(string path)
    {
        using var reader = Csv(path);
        reader.Read();
        return [.. reader.Headers];
    }

    private static IEnumerable<string[]> Cells(string path)
    {
        using var reader = Csv(path);
        while (reader.Read())
        {
            var cells = new string[reader.FieldCount];
            for (var i = 0; i < cells.Length; i++) cells[i] = reader.GetString(i);
            yield return cells;
        }
    }

    private static CsvReader Csv(string path) =>
        CsvReader.Create(Utf8Stream.Open(OpenStream(path)), new CsvReaderOptions { TrimWhitespace = true, TrimInsideQuotes = true }, false);

    private static IEnumerable<string[]> Lines(string path)
    {
        using var reader = new StreamReader(Utf8Stream.Open(OpenStream(path)));
        while (reader.ReadLine() is { } line)
        {
            var text = line.Trim();
            if (text.Length == 0) continue;
            var blank = text.AsSpan().IndexOfAny(' ', '\t');
            yield return blank < 0 ? [text, ""] : [text[..blank], text[blank..].Trim()];
        }
    }
}
