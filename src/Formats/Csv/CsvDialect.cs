using System.Buffers.Text;

namespace Yunnao.Formats.Csv;

/// <summary>How a delimited text is written.</summary>
/// <param name="Delimiter">One of <c>,</c>, tab, <c>;</c>, <c>|</c>.</param>
/// <param name="Quote"><c>"</c> or <c>'</c>; doubled inside quotes it stands for itself.</param>
/// <param name="Header">True when the first record names the columns.</param>
public sealed record CsvDialect(char Delimiter, char Quote, bool Header)
{
    private const int MaxRecords = 100;

    /// <summary>
    /// The dialect of a text from its first bytes, in UTF-8 (see <see cref="Encodings.Utf8Stream"/>). The delimiter is the one that splits
    /// most records into the same number, greater than one, of fields; the comma when none does.
    /// </summary>
    public static CsvDialect Detect(ReadOnlySpan<byte> head)
    {
        var quote = UsesSingleQuotes(head) ? '\'' : '"';
        var best = new CsvDialect(',', quote, true);
        var bestScore = 0L;
        foreach (var delimiter in ",\t;|")
        {
            var dialect = new CsvDialect(delimiter, quote, true);
            var score = dialect.Score(head);
            if (score > bestScore) (best, bestScore) = (dialect, score);
        }

        return best with { Header = best.HasHeader(head) };
    }

    /// <summary>Records that have the same number of fields as the first, weighed above the number of fields; 0 when the first has one field.</summary>
    private long Score(ReadOnlySpan<byte> head)
    {
        var (first, same, records) = (0, 0, 0);
        while (records < MaxRecords && TryTake(ref head, out var record))
        {
            var fields = Count(record);
            if (records++ == 0) first = fields;
            if (fields == first) same++;
        }

        return first < 2 ? 0 : same * 10_000L / records * 1_000 + Math.Min(first, 999);
    }

    /// <summary>
    /// True when the first record looks like names: every field has text, and none is a number, a date or the same as another.
    /// </summary>
    private bool HasHeader(ReadOnlySpan<byte> head)
    {
        if (!TryTake(ref head, out var first)) return true;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (TakeField(ref first, out var field))
            if (field.IsEmpty || IsValue(field) || !names.Add(System.Text.Encoding.UTF8.GetString(field))) return false;
        return true;
    }

    /// <summary>True for a number, a date or a time: anything that begins with a digit or sign and has no letters.</summary>
    private static bool IsValue(ReadOnlySpan<byte> field) =>
        Utf8Parser.TryParse(field, out double _, out var used) && (used == field.Length || !field.ContainsAnyInRange((byte)'A', (byte)0xFF));

    private static bool UsesSingleQuotes(ReadOnlySpan<byte> head)
    {
        var (single, twofold) = (0, 0);
        for (var i = 0; i < head.Length; i++)
        {
            if (head[i] is not ((byte)'"' or (byte)'\'') || (i > 0 && head[i - 1] is not ((byte)',' or (byte)'\t' or (byte)';' or (byte)'|' or (byte)'\n' or (byte)'\r'))) continue;
            if (head[i] == '"') twofold++;
            else single++;
        }

        return twofold == 0 && single > 1;
    }

    private bool TryTake(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> record)
    {
        var scanner = new CsvScanner(this);
        record = default;
        while (!text.IsEmpty)
        {
            var end = scanner.RecordEnd(text, final: true, out var next);
            record = text[..end];
            text = text[next..];
            if (!record.IsEmpty) return true;
        }

        return false;
    }

    private int Count(ReadOnlySpan<byte> record)
    {
        var count = 0;
        while (TakeField(ref record, out _)) count++;
        return count;
    }

    /// <summary>Takes a field off the front of a record; the record becomes default after the last.</summary>
    private bool TakeField(ref ReadOnlySpan<byte> record, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (record.IsEmpty) return false;
        var end = 0;
        if (record[0] == Quote)
        {
            for (end = 1; end < record.Length && (record[end] != Quote || (end + 1 < record.Length && record[end + 1] == Quote));)
                end += record[end] == Quote ? 2 : 1;
        }

        var found = end < record.Length ? record[end..].IndexOf((byte)Delimiter) : -1;
        end = found < 0 ? record.Length : end + found;
        field = record[..end].Trim((byte)Quote).Trim(" "u8);

        // A delimiter at the very end begins an empty last field, which does not matter here.
        record = end < record.Length ? record[(end + 1)..] : default;
        return true;
    }
}
