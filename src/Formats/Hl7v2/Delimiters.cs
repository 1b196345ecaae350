namespace Yunnao.Formats.Hl7v2;

/// <summary>The delimiters of a message, from MSH-1 and MSH-2; 0 for one that it does not use.</summary>
internal readonly record struct Delimiters(byte Field, byte Component, byte Repetition, byte Escape, byte Subcomponent, byte Truncation)
{
    /// <summary>Reads them from <c>MSH|^~\&amp;</c>; false when they are letters, digits, blanks or not all different.</summary>
    public static bool TryRead(ReadOnlySpan<byte> header, out Delimiters delimiters)
    {
        delimiters = default;
        if (header.Length < 5) return false;
        var field = header[3];
        var encoding = header[4..];
        var end = encoding.IndexOf(field);
        if (end >= 0) encoding = encoding[..end];
        if (!Possible(field) || encoding.Length is 0 or > 5) return false;
        for (var i = 0; i < encoding.Length; i++)
            if (!Possible(encoding[i]) || encoding[..i].Contains(encoding[i])) return false;
        delimiters = new(field, At(encoding, 0), At(encoding, 1), At(encoding, 2), At(encoding, 3), At(encoding, 4));
        return true;
    }

    private static byte At(ReadOnlySpan<byte> text, int index) => index < text.Length ? text[index] : (byte)0;

    private static bool Possible(byte value) => value is > (byte)' ' and < 0x7F && !char.IsAsciiLetterOrDigit((char)value);
}
