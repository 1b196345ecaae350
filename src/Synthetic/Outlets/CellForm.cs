using System.Text;
using Yunnao.Standards;

namespace Yunnao.Synthetic.Outlets;

/// <summary>
/// How a source writes an item: our canonical cell turned into the source's own form, the reverse of its mapping
/// (code maps backwards, dates in its format).
/// </summary>
internal sealed class CellForm
{
    public static readonly CellForm Canonical = new(null, null, null);

    private readonly Dictionary<string, byte[]>.AlternateLookup<ReadOnlySpan<char>>? _codes;
    private readonly byte[][]? _pattern;
    private readonly CodeMap? _map;

    private CellForm(CodeMap? map, Dictionary<string, byte[]>? codes, byte[][]? pattern)
    {
        _map = map;
        _codes = codes?.GetAlternateLookup<ReadOnlySpan<char>>();
        _pattern = pattern;
    }

    /// <param name="format">strptime format of dates, or null for ours.</param>
    public static CellForm Of(CodeMap? codes, string? format)
    {
        if (codes is null && format is null) return Canonical;
        Dictionary<string, byte[]>? reverse = null;
        if (codes is not null)
        {
            reverse = new(StringComparer.Ordinal);
            foreach (var (source, target) in codes.Codes) reverse.TryAdd(target, Encoding.UTF8.GetBytes(source));
        }

        return new(codes, reverse, format is null ? null : Pattern(format));
    }

    public bool IsCanonical => _codes is null && _pattern is null;

    /// <summary>
    /// True when the receiver reads the cell back as it is. What is none of our codes but one of the source's would be taken for
    /// another code: an error written so would not be one.
    /// </summary>
    public bool ReadsBack(string cell) => _codes is not { } codes || codes.ContainsKey(cell) || !_map!.Codes.ContainsKey(cell);

    /// <summary>The cell as the source writes it. What is no code of the map or no date is passed on as it is.</summary>
    public ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> cell, Span<byte> space)
    {
        if (_codes is { } codes)
        {
            if (cell.Length > 64) return cell;
            Span<char> text = stackalloc char[64];
            return codes.TryGetValue(text[..Encoding.UTF8.GetChars(cell, text)], out var local) ? local : cell;
        }

        return _pattern is null || !IsTime(cell) ? cell : space[..Time(cell, space)];
    }

    /// <summary>True for <c>yyyy-MM-dd</c> with or without <c> HH:mm:ss</c>, in form only.</summary>
    private static bool IsTime(ReadOnlySpan<byte> cell) =>
        (cell.Length == 10 || (cell.Length == 19 && cell[10] == ' ' && cell[13] == ':')) && cell[4] == '-' && cell[7] == '-' && cell[0] is >= (byte)'0' and <= (byte)'9';

    private int Time(ReadOnlySpan<byte> cell, Span<byte> space)
    {
        var length = 0;
        foreach (var part in _pattern!)
        {
            var bytes = part is [(byte)'%', var field] ? Field(cell, field) : part;
            bytes.CopyTo(space[length..]);
            length += bytes.Length;
        }

        return length;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> cell, byte field) => field switch
    {
        (byte)'Y' => cell[..4],
        (byte)'y' => cell[2..4],
        (byte)'m' => cell[5..7],
        (byte)'d' => cell[8..10],
        (byte)'H' => cell.Length > 10 ? cell[11..13] : "00"u8,
        (byte)'M' => cell.Length > 10 ? cell[14..16] : "00"u8,
        (byte)'S' => cell.Length > 10 ? cell[17..19] : "00"u8,
        _ => throw new NotSupportedException("A mapping of the city uses a part of strptime that the city cannot write."),
    };

    private static byte[][] Pattern(string format)
    {
        var parts = new List<byte[]>();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] == '%' && i + 1 < format.Length) parts.Add([(byte)'%', (byte)format[++i]]);
            else parts.Add(Encoding.UTF8.GetBytes(format.Substring(i, 1)));
        }

        return [.. parts];
    }
}
