namespace Yunnao.Formats.Fhir;

/// <summary>The id inside a reference or full URL.</summary>
internal static class FhirReference
{
    /// <summary>
    /// <c>Patient/x</c>, <c>http://…/Patient/x/_history/2</c>, <c>urn:uuid:x</c>, <c>#x</c> → <c>x</c>;
    /// conditional <c>Patient?identifier=system|x</c> → <c>x</c>.
    /// </summary>
    public static ReadOnlySpan<byte> Id(ReadOnlySpan<byte> reference)
    {
        var query = reference.IndexOf((byte)'?');
        if (query >= 0) return OfQuery(reference[(query + 1)..]);
        if (reference.StartsWith("#"u8)) return reference[1..];
        var history = reference.IndexOf("/_history"u8);
        if (history > 0) reference = reference[..history];
        var cut = reference.LastIndexOfAny((byte)'/', (byte)':');
        return reference[(cut + 1)..];
    }

    private static ReadOnlySpan<byte> OfQuery(ReadOnlySpan<byte> query)
    {
        var next = query.IndexOf((byte)'&');
        if (next >= 0) query = query[..next];
        var value = query[(query.IndexOf((byte)'=') + 1)..];
        var bar = value.LastIndexOf((byte)'|');
        if (bar >= 0) return value[(bar + 1)..];
        var encoded = Math.Max(value.LastIndexOf("%7C"u8), value.LastIndexOf("%7c"u8));
        return encoded < 0 ? value : value[(encoded + 3)..];
    }
}
