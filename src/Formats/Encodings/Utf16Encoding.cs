using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Yunnao.Formats.Encodings;

/// <summary>UTF-16 to UTF-8; a lone surrogate and an odd last byte are bad.</summary>
internal sealed class Utf16Encoding(bool bigEndian) : TextEncoding(bigEndian ? "utf-16be" : "utf-16le")
{
    private const int Stretch = 8192;

    internal override void Transcode(ReadOnlySpan<byte> source, Span<byte> target, bool final, BadBytes bad, out int read, out int written)
    {
        (read, written) = (0, 0);
        var chars = ArrayPool<char>.Shared.Rent(Stretch);
        while (source.Length - read >= 2)
        {
            var count = Math.Min(Stretch, (source.Length - read) / 2);
            Load(source.Slice(read, count * 2), chars);
            var last = read + count * 2 >= source.Length - 1;
            var taken = Encode(chars.AsSpan(0, count), target, final && last, bad, read, ref written);
            if (taken == 0) break;
            read += taken * 2;
        }

        ArrayPool<char>.Shared.Return(chars);
        if (!final || read == source.Length) return;
        written = bad.Replace(target, read, written);
        read = source.Length;
    }

    private void Load(ReadOnlySpan<byte> source, Span<char> chars)
    {
        var words = MemoryMarshal.Cast<char, ushort>(chars)[..(source.Length / 2)];
        source.CopyTo(MemoryMarshal.AsBytes(words));
        if (bigEndian == BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(words, words);
    }

    /// <summary>Encodes and gives the characters taken: all but half a pair at the end, unless final.</summary>
    private static int Encode(ReadOnlySpan<char> chars, Span<byte> target, bool final, BadBytes bad, int sourceAt, ref int written)
    {
        var taken = 0;
        while (taken < chars.Length)
        {
            var status = System.Text.Unicode.Utf8.FromUtf16(
                chars[taken..], target[written..], out var read, out var bytes, replaceInvalidSequences: false, isFinalBlock: final);
            taken += read;
            written += bytes;
            if (status != OperationStatus.InvalidData) break;
            written = bad.Replace(target, sourceAt + taken * 2, written);
            taken++;
        }

        return taken;
    }
}
