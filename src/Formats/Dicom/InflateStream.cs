using System.IO.Compression;

namespace Yunnao.Formats.Dicom;

/// <summary>Inflates a deflated data set (PS3.5 A.5).</summary>
internal static class InflateStream
{
    /// <summary>A stream of the inflated bytes.</summary>
    /// <param name="head">The first bytes: they tell whether there is a zlib head, which the standard has not.</param>
    public static Stream Open(Stream deflated, ReadOnlySpan<byte> head)
    {
        var hasHead = head.Length >= 2 && (head[0] & 0x0F) == 8 && ((head[0] << 8) | head[1]) % 31 == 0;
        return hasHead ? new ZLibStream(deflated, CompressionMode.Decompress) : new DeflateStream(deflated, CompressionMode.Decompress);
    }
}
