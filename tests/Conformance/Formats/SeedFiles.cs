using System.IO.Compression;
using System.Text;
using Yunnao.Formats.Xlsx;

namespace Yunnao.Tests.Formats;

/// <summary>The public clinical files by the decoder that reads them; the tables among them also in the forms of old systems.</summary>
internal static class SeedFiles
{
    private const int LargestTable = 40_000;

    /// <summary>Whole files of a fuzz target, as many as there are.</summary>
    public static IReadOnlyList<byte[]> Of(string target) => target switch
    {
        "cda" => [.. ClinicalData.Files("cda").Concat(ClinicalData.Files("cda-cn-ws500")).Select(ClinicalData.Read)],
        "fhir" =>
        [
            .. ClinicalData.Files("fhir-r4-examples").Concat(ClinicalData.Files("fhir-bulk-ndjson")).Concat(ClinicalData.Files("fhir-bundle-xml"))
                .Concat(ClinicalData.Files("fhir-synthea-r4/bundles").Take(4)).Select(ClinicalData.Read),
        ],
        "hl7v2" or "acknowledgement" => [.. ClinicalData.Files("hl7v2").Select(ClinicalData.Read)],
        "mllp" => [.. ClinicalData.Files("hl7v2").Select(f => (byte[])[0x0B, .. ClinicalData.Read(f), 0x1C, 0x0D])],
        "csv" => [.. Tables()],
        "encoding" => [.. Tables().Take(4).SelectMany(t => InEncodings(t)), .. ClinicalData.Files("cda-cn-ws500").Take(10).SelectMany(f => InEncodings(ClinicalData.Read(f)))],
        "fixed" => [.. Tables().Select(t => Lines(t).SelectMany(l => Encoding.UTF8.GetBytes(string.Concat(l.Split(',').Select(c => c.PadRight(10)[..10])) + "\r\n")).ToArray())],
        "dbf" => [.. Tables().Select(t => Dbf([.. Lines(t).Skip(1).Take(50)]))],
        "xlsx" => [.. Tables().Select(Workbook)],
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "There are no files for this target: add its line here."),
    };

    /// <summary>The tables of the OMOP set, the first lines of each.</summary>
    private static IEnumerable<byte[]> Tables()
    {
        using var archive = ZipFile.OpenRead(ClinicalData.Files("omop", "*.zip")[0]);
        foreach (var entry in archive.Entries.Where(e => e.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && !e.Name.StartsWith('.') && e.Length > 0).OrderBy(e => e.FullName, StringComparer.Ordinal))
        {
            var bytes = new byte[Math.Min(LargestTable, entry.Length)];
            using var content = entry.Open();
            content.ReadExactly(bytes);
            yield return bytes;
        }
    }

    private static string[] Lines(byte[] table) => Encoding.UTF8.GetString(table).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<byte[]> InEncodings(byte[] utf8)
    {
        var text = Encoding.UTF8.GetString(utf8);
        return [utf8, CodePagesEncodingProvider.Instance.GetEncoding(54936)!.GetBytes(text), Encoding.Unicode.GetBytes("\uFEFF" + text), Encoding.BigEndianUnicode.GetBytes(text)];
    }

    private static byte[] Workbook(byte[] table)
    {
        var lines = Lines(table).Take(60).Select(l => l.Split(',')).ToList();
        var width = lines[0].Length;
        using var book = new MemoryStream();
        XlsxWriter.Write(book, [new XlsxSheet("data", [.. lines[0].Select(n => new XlsxColumn(n))], lines.Skip(1).Select(l => (string[])[.. l.Concat(Enumerable.Repeat("", width)).Take(width)]))]);
        return book.ToArray();
    }

    /// <summary>A dBase III table of three columns of text.</summary>
    private static byte[] Dbf(string[] lines)
    {
        var head = new byte[32 + (3 * 32) + 1];
        head[0] = 3;
        BitConverter.TryWriteBytes(head.AsSpan(4), lines.Length);
        BitConverter.TryWriteBytes(head.AsSpan(8), (short)head.Length);
        BitConverter.TryWriteBytes(head.AsSpan(10), (short)31);
        for (var i = 0; i < 3; i++)
        {
            Encoding.ASCII.GetBytes($"C{i}", head.AsSpan(32 + (32 * i)));
            (head[43 + (32 * i)], head[48 + (32 * i)]) = ((byte)'C', 10);
        }

        head[^1] = 0x0D;
        return [.. head, .. lines.SelectMany(l => Encoding.ASCII.GetBytes(" " + string.Concat(l.Split(',').Append("").Append("").Append("").Take(3).Select(c => c.PadRight(10)[..10])))), 0x1A];
    }
}
