namespace Yunnao.Formats.Cda;

/// <summary>Where one document ends and the next begins in a file of several.</summary>
internal static class CdaFrames
{
    /// <summary>Bytes between documents that mean nothing: blanks, line ends, a byte order mark.</summary>
    public static int SkipBlank(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            if (!text[i..].StartsWith("\uFEFF"u8)) return i;
            i += 2;
        }

        return text.Length;
    }

    /// <summary>True for comments, processing instructions and blanks alone: what may follow a document (XML 1.0 clause 2.1, Misc).</summary>
    public static bool IsMisc(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            text = text[SkipBlank(text)..];
            if (text.IsEmpty) return true;
            var isComment = text.StartsWith("<!--"u8);
            if (!isComment && (!text.StartsWith("<?"u8) || text.StartsWith("<?xml "u8))) return false;
            var end = isComment ? text[4..].IndexOf("-->"u8) : text[2..].IndexOf("?>"u8);
            if (end < 0) return false;
            text = text[(isComment ? end + 7 : end + 4)..];
        }
    }

    /// <summary>
    /// Length of the document that begins the text: to the end of its end tag, or to the XML declaration of the next; -1 when neither is in
    /// the text.
    /// </summary>
    /// <param name="searched">Bytes at the front that an earlier call has searched.</param>
    public static int Length(ReadOnlySpan<byte> text, int searched)
    {
        var end = EndTag(text, searched);
        var next = NextDeclaration(text, searched, end < 0 ? text.Length : end);
        return next >= 0 ? next : end;
    }

    private static int EndTag(ReadOnlySpan<byte> text, int searched)
    {
        // The longest tag that may be cut in two by the end of what was searched: a prefix, the name, blanks.
        var at = Math.Max(0, searched - 128);
        while (true)
        {
            var found = text[at..].IndexOf("ClinicalDocument"u8);
            if (found < 0) return -1;
            var name = at + found;
            at = name + "ClinicalDocument".Length;
            if (!IsEndTag(text[..name])) continue;
            var close = text[at..].IndexOfAnyExcept(" \t\r\n"u8);
            if (close >= 0 && text[at + close] == '>') return at + close + 1;
        }
    }

    /// <summary>True when the text ends in <c>&lt;/</c> or <c>&lt;/prefix:</c>.</summary>
    private static bool IsEndTag(ReadOnlySpan<byte> before)
    {
        if (before.EndsWith("</"u8)) return true;
        if (!before.EndsWith(":"u8)) return false;
        var open = before[Math.Max(0, before.Length - 64)..].LastIndexOf("</"u8);
        return open >= 0 && before[(before.Length - Math.Min(64, before.Length) + open)..].IndexOfAny(" >"u8) < 0;
    }

    private static int NextDeclaration(ReadOnlySpan<byte> text, int searched, int end)
    {
        var from = Math.Max(1, searched - 8);
        if (from >= end) return -1;
        var found = text[from..end].IndexOf("<?xml "u8);
        return found < 0 ? -1 : from + found;
    }
}
