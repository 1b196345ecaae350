using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Index;

/// <summary>
/// Elements of a header as they are delivered: for each its tag (4 bytes, big endian), the length of its text (4 bytes) and the text, which
/// is the value object of the DICOM JSON model (PS3.18, F.2) in UTF-8; in the order of tags. The block of a series is the header of its first
/// instance; that of another instance holds only what differs from it, and an element that it lacks as an empty text.
/// </summary>
internal readonly struct HeaderBlock(ReadOnlyMemory<byte> bytes)
{
    private const int EntryHeader = 8;

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The block of a data set that is given as one object of the DICOM JSON model.</summary>
    public static HeaderBlock Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        var entries = new List<(uint Tag, int Start, int Length)>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var tag = uint.Parse(reader.GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            entries.Add((tag, start, (int)reader.BytesConsumed - start));
        }

        entries.Sort();
        var output = new ArrayBufferWriter<byte>(json.Length + 16);
        foreach (var (tag, start, length) in entries) Put(output, tag, json.Slice(start, length));
        return new(output.WrittenMemory);
    }

    /// <summary>What is to be kept of <paramref name="other"/> beside this block.</summary>
    public HeaderBlock Difference(HeaderBlock other)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        var mine = bytes.Span;
        var theirs = other.Bytes.Span;
        while (mine.Length > 0 || theirs.Length > 0)
        {
            var (left, right) = (TagOf(mine), TagOf(theirs));
            if (left < right)
            {
                Put(output, (uint)left, default);
                mine = mine[SizeOf(mine)..];
                continue;
            }

            var size = SizeOf(theirs);
            if (left != right) output.Write(theirs[..size]);
            else
            {
                var own = SizeOf(mine);
                if (!mine[..own].SequenceEqual(theirs[..size])) output.Write(theirs[..size]);
                mine = mine[own..];
            }

            theirs = theirs[size..];
        }

        return new(output.WrittenMemory);
    }

    /// <summary>This block with what an instance has otherwise.</summary>
    public HeaderBlock With(HeaderBlock difference)
    {
        if (difference.Bytes.IsEmpty) return this;
        var output = new ArrayBufferWriter<byte>(bytes.Length + difference.Bytes.Length);
        var mine = bytes.Span;
        var theirs = difference.Bytes.Span;
        while (mine.Length > 0 || theirs.Length > 0)
        {
            var (left, right) = (TagOf(mine), TagOf(theirs));
            var entry = left < right ? mine[..SizeOf(mine)] : theirs[..SizeOf(theirs)];
            if (entry.Length > EntryHeader) output.Write(entry);
            if (left <= right) mine = mine[SizeOf(mine)..];
            if (right <= left) theirs = theirs[SizeOf(theirs)..];
        }

        return new(output.WrittenMemory);
    }

    /// <summary>Takes the first element off the bytes of a block; false at their end.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> rest, out DicomTag tag, out ReadOnlySpan<byte> text)
    {
        tag = default;
        text = default;
        if (rest.IsEmpty) return false;
        tag = new((uint)TagOf(rest));
        text = TextOf(rest);
        rest = rest[SizeOf(rest)..];
        return true;
    }

    /// <summary>The elements of the tags that are asked for.</summary>
    public HeaderBlock Only(Func<DicomTag, bool> wanted)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        for (var rest = bytes.Span; rest.Length > 0; rest = rest[SizeOf(rest)..])
            if (wanted(new((uint)TagOf(rest)))) output.Write(rest[..SizeOf(rest)]);
        return new(output.WrittenMemory);
    }

    /// <summary>The text of an element; empty when there is none.</summary>
    public ReadOnlySpan<byte> Find(DicomTag tag)
    {
        for (var rest = bytes.Span; rest.Length > 0; rest = rest[SizeOf(rest)..])
            if ((uint)TagOf(rest) == tag.Value) return TextOf(rest);
        return default;
    }

    /// <summary>A block of entries that are given in the order of tags.</summary>
    public static HeaderBlock Of(IEnumerable<(DicomTag Tag, ReadOnlyMemory<byte> Text)> elements)
    {
        var output = new ArrayBufferWriter<byte>(512);
        foreach (var (tag, text) in elements) Put(output, tag.Value, text.Span);
        return new(output.WrittenMemory);
    }

    private static long TagOf(ReadOnlySpan<byte> entry) => entry.Length == 0 ? long.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(entry);

    private static int SizeOf(ReadOnlySpan<byte> entry) => EntryHeader + BinaryPrimitives.ReadInt32BigEndian(entry[4..]);

    private static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> entry) => entry[EntryHeader..SizeOf(entry)];

    private static void Put(ArrayBufferWriter<byte> output, uint tag, ReadOnlySpan<byte> text)
    {
        var header = output.GetSpan(EntryHeader);
        BinaryPrimitives.WriteUInt32BigEndian(header, tag);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], text.Length);
        output.Advance(EntryHeader);
        output.Write(text);
    }
}
