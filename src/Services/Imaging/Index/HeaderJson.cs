using System.Buffers;
using System.Buffers.Binary;
using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Index;

/// <summary>The header of an instance in the DICOM JSON model, in the form in which it is kept: long values are left out and named by their path.</summary>
internal static class HeaderJson
{
    /// <summary>What stands before the path of a value that is left out; on delivery the address of the instance takes its place.</summary>
    public const string BulkScheme = "bulk:";

    private static readonly DicomJsonOptions Options = new() { BulkDataUri = path => BulkScheme + path, LargestInline = 1024 };

    public static HeaderBlock Of(DicomFile file) => HeaderBlock.Of(DicomJson.Write(file.DataSet, Options));

    /// <summary>Writes an element as a property of an object, with a comma before it: <c>,"00080018":{"vr":"UI"}</c>.</summary>
    public static void WriteProperty(ArrayBufferWriter<byte> output, DicomTag tag, ReadOnlySpan<byte> text)
    {
        WriteName(output, tag, isFirst: false);
        output.Write(text);
    }

    /// <summary>Writes the name of a property; but for the first of an object, with a comma before it.</summary>
    public static void WriteName(ArrayBufferWriter<byte> output, DicomTag tag, bool isFirst)
    {
        const int Length = 12;
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, tag.Value);
        var name = output.GetSpan(Length);
        (name[0], name[1], name[10], name[11]) = ((byte)',', (byte)'"', (byte)'"', (byte)':');
        Convert.TryToHexString(value, name[2..], out _);
        if (isFirst) name[1..Length].CopyTo(name);
        output.Advance(isFirst ? Length - 1 : Length);
    }
}
