using System.Text;

namespace Yunnao.Formats.Csv;

/// <summary>How a CSV text (RFC 4180 and its cousins) separates fields and records, and the names in its first record.</summary>
public sealed record CsvDialect(char Delimiter, char Quote, bool LinesEndInCarriageReturn, IReadOnlyList<string> Header)
{
    /// <summary>Bytes of the longest row.</summary>
    public const int LongestRow = 2_000_000;

    private const int SampledRecords = 20;
    private static readonly char[] Delimiters = [',', '\t', ';', '|'];

    /// <summary>
    /// The dialect of a text from its first bytes: the delimiter that cuts the first records into the most fields of equal number.
    /// Null when there is no first record.
    /// </summary>
    /// <param name="head">UTF-8, without a byte order mark; it may end in the middle of a record.</param>
    /// <param name="whole">True when <paramref name="head"/> is the whole text.</param>
    /// <param name="delimiter">The delimiter where the mapping says it.</param>
    public static CsvDialect? Detect(ReadOnlySpan<byte> head, bool whole, char? delimiter = null)
    {
        var carriageReturn = head.IndexOf((byte)'\n') < 0 && head.IndexOf((byte)'\r') >= 0;
        CsvDialect? best = null;
        var bestScore = -1;
        foreach (var candidate in delimiter is { } given ? [given] : Delimiters)
        {
            var dialect = new CsvDialect(candidate, '"', carriageReturn, []);
            var records = dialect.Sample(head, whole);
            if (records.Count == 0 || records[0].Count == 0) continue;
            var alike = records.Count(r => r.Count == records[0].Count);
            var score = records[0].Count == 1 ? 0 : (alike * 1000 / records.Count * 100) + Math.Min(records[0].Count, 99);
            if (score <= bestScore) continue;
            (best, bestScore) = (dialect with { Header = records[0] }, score);
        }

        return best;
    }

    /// <summary>The fields of one record, unquoted. An unterminated quote ends with the record.</summary>
    public IReadOnlyList<string> Fields(ReadOnlySpan<byte> record)
    {
        var text = Encoding.UTF8.GetString(record);
        var fields = new List<string>();
        var field = new StringBuilder();
        for (var i = 0; i <= text.Length; i++)
        {
            field.Clear();
            if (i < text.Length && text[i] == Quote)
            {
                for (i++; i < text.Length; i++)
                {
                    if (text[i] != Quote) field.Append(text[i]);
                    else if (i + 1 < text.Length && text[i + 1] == Quote) field.Append(text[i++]);
                    else break;
                }

                i++;
            }

            while (i < text.Length && text[i] != Delimiter) field.Append(text[i++]);
            fields.Add(field.ToString());
        }

        return fields;
    }

    /// <summary>The code of what keeps a record from being a row under the header: <c>csv.quote</c>, <c>csv.line-end</c>, <c>csv.line-size</c> or <c>csv.columns</c>; null when it is one.</summary>
    /// <remarks>Delimiters without a value at the end of a row are no cells too many: many programs write them.</remarks>
    public string? Fault(in CsvRecord record, ReadOnlySpan<byte> bytes)
    {
        if (record.Flaw == CsvFlaw.Quote) return "csv.quote";
        if (record.Flaw == CsvFlaw.LineEnd) return "csv.line-end";
        if (record.Length > LongestRow) return "csv.line-size";
        var more = record.Fields - Header.Count;
        return more < 0 || (more > 0 && bytes[^more..].ContainsAnyExcept((byte)Delimiter)) ? "csv.columns" : null;
    }

    private List<IReadOnlyList<string>> Sample(ReadOnlySpan<byte> head, bool whole)
    {
        using var stream = new MemoryStream(head.ToArray());
        var reader = new CsvRecordReader(stream, this);
        var records = new List<IReadOnlyList<string>>();
        while (records.Count < SampledRecords && reader.TryRead(out var record))
        {
            if (!whole && record.Offset + record.Length >= head.Length && records.Count > 0) break;
            records.Add(Fields(head.Slice((int)record.Offset, record.Length)));
        }

        return records;
    }
}
