using System.Buffers;

namespace Yunnao.Formats.Fhir;

/// <summary>Where values of a JSON text begin and end, without judging more than brackets and quotes.</summary>
internal static class JsonFrames
{
    /// <summary>The text ends before the value does.</summary>
    public const int More = -1;

    /// <summary>Brackets or quotes do not match.</summary>
    public const int Broken = -2;

    private const int MaxDepth = 128;

    private static readonly SearchValues<byte> Brackets = SearchValues.Create("{}[]\""u8);
    private static readonly SearchValues<byte> InText = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 32).Select(i => (byte)i)]);
    private static readonly SearchValues<byte> ScalarEnd = SearchValues.Create(",]} \t\r\n"u8);

    /// <summary>
    /// True when the input is NDJSON: it has more than one line, and the first is a whole object, or the first two both begin one and the
    /// first does not go on in the second.
    /// </summary>
    public static bool AreLines(ReadOnlySpan<byte> head, bool complete)
    {
        var start = Blank(head, 0);
        if (start == head.Length || head[start] != '{') return false;
        var first = head[start..];
        var length = first.IndexOf((byte)'\n');
        if (length < 0) return false;
        var next = Blank(first, length);
        if (next == first.Length && complete) return false;
        if (ValueEnd(first[..length], 0) is not (More or Broken)) return true;
        var last = first[..length].TrimEnd(" \t\r"u8)[^1];
        return last is not ((byte)'{' or (byte)'[' or (byte)',' or (byte)':')
            && next < first.Length && first[next] == '{' && first[length..next].LastIndexOf((byte)'\n') == next - length - 1;
    }

    /// <summary>Index of the first byte from <paramref name="at"/> that is not blank, or the length.</summary>
    public static int Blank(ReadOnlySpan<byte> json, int at)
    {
        var found = json[at..].IndexOfAnyExcept(" \t\r\n"u8);
        return found < 0 ? json.Length : at + found;
    }

    /// <summary>End of the value that starts at <paramref name="at"/>, <see cref="More"/> or <see cref="Broken"/>.</summary>
    public static int ValueEnd(ReadOnlySpan<byte> json, int at)
    {
        if (at >= json.Length) return More;
        if (json[at] == '"') return TextEnd(json, at);
        if (json[at] is (byte)'{' or (byte)'[') return NestedEnd(json, at);
        if (json[at] is (byte)'}' or (byte)']' or (byte)',' or (byte)':') return Broken;
        var length = json[at..].IndexOfAny(ScalarEnd);
        return length < 0 ? More : at + length;
    }

    /// <summary>End of the string that starts at <paramref name="at"/>, past its quote.</summary>
    public static int TextEnd(ReadOnlySpan<byte> json, int at)
    {
        for (at++; ;)
        {
            if (at >= json.Length) return More;
            var found = json[at..].IndexOfAny(InText);
            if (found < 0) return More;
            at += found;
            if (json[at] == '"') return at + 1;
            if (json[at] != '\\') return Broken;
            at += 2;
        }
    }

    private static int NestedEnd(ReadOnlySpan<byte> json, int at)
    {
        Span<byte> open = stackalloc byte[MaxDepth];
        for (var depth = 0; ;)
        {
            var found = json[at..].IndexOfAny(Brackets);
            if (found < 0) return More;
            at += found;
            switch (json[at])
            {
                case (byte)'"':
                    at = TextEnd(json, at);
                    if (at < 0) return at;
                    continue;
                case (byte)'{' or (byte)'[':
                    if (depth == MaxDepth) return Broken;
                    open[depth++] = json[at];
                    break;
                default:
                    // '}' is '{' + 2 and ']' is '[' + 2.
                    if (open[--depth] + 2 != json[at]) return Broken;
                    if (depth == 0) return at + 1;
                    break;
            }

            at++;
        }
    }
}
