using System.Buffers.Binary;
using System.IO.Compression;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom;

/// <summary>
/// Writes DICOM objects. Written in the syntax it was read in, an object that was canonical (in order, even lengths, nothing wrong) has the
/// bytes it had. Between uncompressed syntaxes it changes byte order and representation; pixel data is neither coded nor decoded here.
/// </summary>
public static class DicomWriter
{
    /// <summary>Implementation Class UID of what we write (PS3.7 D.3.3.2): a UID made of a UUID (PS3.5 B.2).</summary>
    public const string ImplementationClassUid = "2.25.147692860837790107271895047153821429092";

    /// <summary>Implementation Version Name of what we write; at most 16 characters.</summary>
    public const string ImplementationVersionName = "YUNNAO_0_1";

    private const int FlushAt = 1 << 20;

    /// <summary>A file of a data set, with the meta header of PS3.10 7.1 made from its SOP class and instance.</summary>
    public static DicomFile FileOf(DicomDataSet set, TransferSyntax syntax)
    {
        var meta = new DicomBuilder()
            .SetBytes(Tags.FileMetaInformationGroupLength, Vr.UL, new byte[4])
            .SetBytes(Tags.FileMetaInformationVersion, Vr.OB, new byte[] { 0, 1 })
            .Set(Tags.MediaStorageSopClassUid, set.GetString(Tags.SopClassUid) ?? "")
            .Set(Tags.MediaStorageSopInstanceUid, set.GetString(Tags.SopInstanceUid) ?? "")
            .Set(Tags.TransferSyntaxUid, syntax.Uid)
            .Set(Tags.ImplementationClassUid, ImplementationClassUid)
            .Set(Tags.ImplementationVersionName, ImplementationVersionName)
            .Build();
        return new DicomFile(syntax, meta, set) { Preamble = new byte[128] };
    }

    /// <summary>The bytes of a whole file.</summary>
    /// <param name="syntax">The syntax to write; null: the one that the file is in.</param>
    public static Result<byte[]> Write(DicomFile file, TransferSyntax? syntax = null)
    {
        var stream = new MemoryStream();
        var problem = Write(stream, file, syntax);
        return problem is null ? stream.ToArray() : problem;
    }

    /// <summary>Writes a whole file. Null when it is done; nothing is written when there is a problem.</summary>
    public static Problem? Write(Stream target, DicomFile file, TransferSyntax? syntax = null)
    {
        var wanted = syntax ?? file.Syntax;
        if (Refusal(file.DataSet, wanted) is { } refusal) return refusal;
        var head = new ByteBuffer();
        Head(head, file, wanted);
        target.Write(head.Written);
        if (!wanted.IsDeflated)
        {
            WriteSet(target, file.DataSet, wanted, Keeps(file, wanted));
            return null;
        }

        var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true)) WriteSet(deflate, file.DataSet, wanted, Keeps(file, wanted));
        if ((deflated.Length & 1) == 1) deflated.WriteByte(0);
        deflated.WriteTo(target);
        return null;
    }

    /// <summary>The bytes of a bare data set, as in DIMSE messages. Deflated syntaxes are written without deflating.</summary>
    public static Result<byte[]> WriteDataSet(DicomDataSet set, TransferSyntax syntax)
    {
        if (Refusal(set, syntax) is { } refusal) return refusal;
        var buffer = new ByteBuffer();
        new DataSetEncoder(buffer, syntax, groupLengths: false).DataSet(set);
        return buffer.Written.ToArray();
    }

    /// <summary>Preamble, prefix and meta header, with the syntax that is written and the right length.</summary>
    internal static void Head(ByteBuffer target, DicomFile file, TransferSyntax syntax)
    {
        var meta = file.Meta.Count == 0 ? FileOf(file.DataSet, syntax).Meta : file.Meta;
        if (meta.GetString(Tags.TransferSyntaxUid) != syntax.Uid || !meta.Contains(Tags.FileMetaInformationGroupLength))
            meta = DicomBuilder.From(meta).SetBytes(Tags.FileMetaInformationGroupLength, Vr.UL, new byte[4]).Set(Tags.TransferSyntaxUid, syntax.Uid).Build();
        if (file.Preamble.IsEmpty) target.Add(new byte[128]);
        else target.Add(file.Preamble.Span);
        target.Add("DICM"u8);
        var start = target.Length;
        new DataSetEncoder(target, TransferSyntax.ExplicitLittle, groupLengths: true).DataSet(meta);
        BinaryPrimitives.WriteUInt32LittleEndian(target.Written.Slice(start + 8, 4), (uint)(target.Length - start - 12));
    }

    /// <summary>Lengths of groups stay true when nothing changes.</summary>
    private static bool Keeps(DicomFile file, TransferSyntax syntax) => file.Syntax == syntax && file.DataSet.Source is not null;

    private static Problem? Refusal(DicomDataSet set, TransferSyntax syntax)
    {
        foreach (var element in set)
        {
            if (element.IsDeferred)
                return new Problem(ProblemKind.Incorrect, "dicom.not-in-memory", "the object was read without its pixel data and cannot be written without it", new Place(Path: element.Tag.ToString()));
            if (element.Tag != Tags.PixelData || element.IsEmpty || element.IsEncapsulated == syntax.IsEncapsulated) continue;
            return element.IsEncapsulated
                ? new Problem(ProblemKind.Unsupported, "dicom.compressed", $"compressed pixel data cannot be written as {syntax.Name}: decode its frames first", new Place(Path: element.Tag.ToString()))
                : new Problem(ProblemKind.Unsupported, "dicom.uncompressed", $"uncompressed pixel data cannot be written as {syntax.Name}: code its frames first", new Place(Path: element.Tag.ToString()));
        }

        return null;
    }

    private static void WriteSet(Stream target, DicomDataSet set, TransferSyntax syntax, bool groupLengths)
    {
        var buffer = new ByteBuffer();
        var encoder = new DataSetEncoder(buffer, syntax, groupLengths);
        foreach (var element in set)
        {
            // A large value that needs no change goes straight through.
            if (element.Value.Length > FlushAt && (element.Value.Length & 1) == 0 && (element.IsBigEndian == syntax.IsBigEndian || element.WrittenVr.Width() < 2))
            {
                encoder.Head(element.Tag, element.WrittenVr, (uint)element.Value.Length);
                target.Write(buffer.Written);
                buffer.Clear();
                target.Write(element.Value.Span);
                continue;
            }

            encoder.Element(element);
            if (buffer.Length < FlushAt) continue;
            target.Write(buffer.Written);
            buffer.Clear();
        }

        target.Write(buffer.Written);
    }
}
