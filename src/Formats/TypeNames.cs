namespace Yunnao.Formats;

/// <summary>
/// Names of record types as strings, each made once. What does not look like a type name (too long, odd characters) has none, so that
/// text of a garbled record cannot reach a rejection or a report.
/// </summary>
internal sealed class TypeNames
{
    private const int MaxLength = 48;
    private const int MaxCount = 4096;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The name, or null when it does not look like one.</summary>
    public string? Of(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > MaxLength) return null;
        Span<char> chars = stackalloc char[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit((char)text[i]) && text[i] is not ((byte)'^' or (byte)'_')) return null;
            chars[i] = (char)text[i];
        }

        if (_names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars, out var known)) return known;
        if (_names.Count == MaxCount) return null;
        var name = chars.ToString();
        _names.Add(name);
        return name;
    }
}
