using Yunnao.Formats.Encodings;

namespace Yunnao.Formats;

/// <summary>Tells the format of a source file.</summary>
public static class SourceFormats
{
    private static readonly (string Extension, SourceFormat Format)[] Extensions =
    [
        (".csv", SourceFormat.Csv), (".tsv", SourceFormat.Csv), (".txt", SourceFormat.Csv),
        (".hl7", SourceFormat.Hl7v2), (".json", SourceFormat.Fhir), (".ndjson", SourceFormat.Fhir), (".jsonl", SourceFormat.Fhir),
    ];

    extension(SourceFormat)
    {
        /// <summary>
        /// The format of a file by its first bytes (some kilobytes are enough) and, where they do not tell, its name. A damaged file of a
        /// known name keeps its format, so that its decoder says what is wrong with it.
        /// </summary>
        /// <param name="name">File name or path; may be empty.</param>
        public static SourceFormat Detect(string name, ReadOnlySpan<byte> head)
        {
            if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return SourceFormat.Gzip;
            if (head.StartsWith("PAR1"u8)) return SourceFormat.Parquet;
            var text = AsUtf8(head).TrimStart(" \t\r\n\u000B"u8);
            if (IsHl7v2(text)) return SourceFormat.Hl7v2;
            var byName = ByName(name);
            if (IsJson(text) && (byName != SourceFormat.Csv || text.IndexOf("\"resourceType\""u8) >= 0)) return SourceFormat.Fhir;
            if (byName != SourceFormat.Unknown) return byName;
            return IsDelimited(text) ? SourceFormat.Csv : SourceFormat.Unknown;
        }
    }

    private static ReadOnlySpan<byte> AsUtf8(ReadOnlySpan<byte> head)
    {
        var encoding = TextEncoding.Detect(head);
        if (!encoding.IsUtf16) return head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        var text = new byte[TextEncoding.TargetLength(head.Length)];
        encoding.Transcode(head, text, final: false, new BadBytes(), out _, out var length);
        var result = text.AsSpan(0, length);
        return result.StartsWith("\uFEFF"u8) ? result[3..] : result;
    }

    private static bool IsHl7v2(ReadOnlySpan<byte> text) =>
        text.Length > 3 && (text.StartsWith("MSH"u8) || text.StartsWith("FHS"u8) || text.StartsWith("BHS"u8)) && !char.IsAsciiLetterOrDigit((char)text[3])
        && text[3] is > (byte)' ' and not ((byte)',' or (byte)';' or (byte)'"');

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] is not ((byte)'{' or (byte)'[')) return false;
        var inside = text[1..].TrimStart(" \t\r\n"u8);
        return inside.IsEmpty || inside[0] is (byte)'"' or (byte)'{' or (byte)'}' or (byte)']';
    }

    private static SourceFormat ByName(string name)
    {
        foreach (var (extension, format) in Extensions)
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) return format;
        return SourceFormat.Unknown;
    }

    /// <summary>True for a text whose first line has a delimiter and that is no markup.</summary>
    private static bool IsDelimited(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] == '<' || text.Contains((byte)0)) return false;
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        return (end < 0 ? text : text[..end]).IndexOfAny(",\t;|"u8) >= 0;
    }
}
