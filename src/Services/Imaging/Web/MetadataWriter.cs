using System.Buffers;
using System.Text;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Web;

/// <summary>
/// Writes headers of instances as objects of the DICOM JSON model. What the instances of a series have in common is made once and copied in
/// long pieces for each of them; only what an instance has otherwise is made for it alone.
/// </summary>
internal sealed class MetadataWriter
{
    private static readonly byte[] BulkMark = Encoding.ASCII.GetBytes("\"BulkDataURI\":\"" + HeaderJson.BulkScheme);
    private readonly ArrayBufferWriter<byte> _common;
    private readonly List<(DicomTag Tag, int End)> _elements = [];

    /// <param name="common">The header of the series.</param>
    public MetadataWriter(HeaderBlock common)
    {
        _common = new(common.Bytes.Length * 2 + 64);
        for (var rest = common.Bytes.Span; HeaderBlock.TryTake(ref rest, out var tag, out var text);)
        {
            if (text.IsEmpty) continue;
            HeaderJson.WriteProperty(_common, tag, text);
            _elements.Add((tag, _common.WrittenCount));
        }
    }

    /// <summary>Writes the object of an instance.</summary>
    /// <param name="difference">What it has otherwise than the series; an element without text is one that it lacks.</param>
    /// <param name="bulk">Address of its long values, in ASCII, before their paths.</param>
    public void Write(ArrayBufferWriter<byte> output, HeaderBlock difference, ReadOnlySpan<byte> bulk)
    {
        output.Write("{"u8);
        var (isFirst, next, at) = (true, 0, 0);
        for (var rest = difference.Bytes.Span; HeaderBlock.TryTake(ref rest, out var tag, out var text);)
        {
            var from = at;
            while (next < _elements.Count && _elements[next].Tag.Value < tag.Value) at = _elements[next++].End;
            Put(output, _common.WrittenSpan[from..at], bulk, ref isFirst);
            if (next < _elements.Count && _elements[next].Tag == tag) at = _elements[next++].End;
            if (text.IsEmpty) continue;
            HeaderJson.WriteName(output, tag, isFirst);
            isFirst = false;
            Address(output, text, bulk);
        }

        Put(output, _common.WrittenSpan[at..], bulk, ref isFirst);
        output.Write("}"u8);
    }

    /// <summary>Copies properties, each with a comma before it; the first of an object has none.</summary>
    private static void Put(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> bulk, ref bool isFirst)
    {
        if (properties.IsEmpty) return;
        Address(output, isFirst ? properties[1..] : properties, bulk);
        isFirst = false;
    }

    /// <summary>Copies text, with the address of long values before their paths.</summary>
    private static void Address(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> text, ReadOnlySpan<byte> bulk)
    {
        for (int mark; (mark = text.IndexOf(BulkMark)) >= 0;)
        {
            var until = mark + BulkMark.Length - HeaderJson.BulkScheme.Length;
            output.Write(text[..until]);
            output.Write(bulk);
            text = text[(until + HeaderJson.BulkScheme.Length)..];
        }

        output.Write(text);
    }
}
