using System.Buffers.Binary;
using System.IO.Pipelines;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom;

/// <summary>
/// Reads DICOM objects (PS3.10, PS3.5). A damaged object gives what can be read and its problems; only what is no DICOM at all is a
/// failure. Nothing is allocated by what a length in the file says: a read costs at most four times the bytes given, and some kilobytes.
/// </summary>
public static class DicomReader
{
    /// <summary>Reads an object that is in memory. Values are views into <paramref name="bytes"/>, which must not change afterwards.</summary>
    public static Result<DicomFile> Read(ReadOnlyMemory<byte> bytes, DicomReadOptions? options = null) =>
        ReadMemory(bytes, options ?? DicomReadOptions.Default, stopAtPixels: false);

    /// <summary>Reads an object that is in memory up to its pixel data, which is deferred.</summary>
    public static Result<DicomFile> ReadHeader(ReadOnlyMemory<byte> bytes, DicomReadOptions? options = null) =>
        ReadMemory(bytes, options ?? DicomReadOptions.Default, stopAtPixels: true);

    /// <summary>
    /// Reads an object up to its pixel data; longer values before it are skipped and deferred too. The stream is read from where it stands
    /// and left somewhere behind the header. Offsets count from where it stood.
    /// </summary>
    public static ValueTask<Result<DicomFile>> ReadHeaderAsync(Stream stream, DicomReadOptions? options = null, CancellationToken cancel = default) =>
        new HeaderStream(stream, options ?? DicomReadOptions.Default).ReadAsync(cancel);

    /// <inheritdoc cref="ReadHeaderAsync(Stream, DicomReadOptions?, CancellationToken)"/>
    public static ValueTask<Result<DicomFile>> ReadHeaderAsync(PipeReader pipe, DicomReadOptions? options = null, CancellationToken cancel = default) =>
        ReadHeaderAsync(pipe.AsStream(leaveOpen: true), options, cancel);

    /// <summary>What begins the file: where the meta header is, or the data set when there is none.</summary>
    internal static int FindStart(ReadOnlySpan<byte> bytes, ProblemList problems, out bool hasMeta)
    {
        hasMeta = true;
        if (bytes.Length >= 132 && bytes.Slice(128, 4).SequenceEqual("DICM"u8))
        {
            hasMeta = IsMeta(bytes[132..]);
            if (!hasMeta) problems.NoMeta(132);
            return 132;
        }

        problems.NoPreamble();
        var start = bytes.StartsWith("DICM"u8) ? 4 : 0;
        hasMeta = IsMeta(bytes[start..]);
        if (!hasMeta) problems.NoMeta(start);
        return start;
    }

    /// <summary>The syntax that the first element of a data set shows, or null when the bytes are no data set.</summary>
    internal static TransferSyntax? Guess(ReadOnlySpan<byte> bytes, long rest)
    {
        if (bytes.Length < 8) return null;
        var little = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        var big = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (VrFacts.Parse(bytes[4], bytes[5]) != Vr.None)
        {
            var (isLittle, isBig) = (little != 0 && Follows(bytes, rest, big: false), big != 0 && Follows(bytes, rest, big: true));
            if (isLittle && (!isBig || little <= big)) return TransferSyntax.ExplicitLittle;
            if (isBig) return TransferSyntax.ExplicitBig;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var known = DicomDictionary.VrOf(((uint)little << 16) | BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..])) != DictionaryVr.Unknown;
        return (known || (little is > 0 and <= 0x7FE0 && bytes[2] == 0 && bytes[3] == 0)) && (length == uint.MaxValue || length <= rest - 8) ? TransferSyntax.ImplicitLittle : null;
    }

    /// <summary>The syntax in which to read a data set of which another is named.</summary>
    internal static TransferSyntax Verify(TransferSyntax named, ReadOnlySpan<byte> bytes, long rest, long offset, ProblemList problems)
    {
        if (bytes.Length < 8 || Agrees(named, bytes, rest) || Guess(bytes, rest) is not { } seen) return named;
        if (seen.IsExplicit == named.IsExplicit && seen.IsBigEndian == named.IsBigEndian) return named;
        problems.Syntax(offset);
        return named with { IsExplicit = seen.IsExplicit, IsBigEndian = seen.IsBigEndian };
    }

    internal static TransferSyntax Named(DicomDataSet meta, ReadOnlySpan<byte> dataSet, long rest, long offset, ProblemList problems)
    {
        if (meta.GetString(Tags.TransferSyntaxUid) is not { } uid)
        {
            problems.NoMeta(offset);
            return Guess(dataSet, rest) ?? TransferSyntax.ExplicitLittle;
        }

        if (TransferSyntax.Find(uid) is { } known) return known;
        problems.UnknownSyntax(uid);
        return TransferSyntax.FindOrAssume(uid);
    }

    internal static Problem NotDicom() =>
        new(ProblemKind.Incorrect, "dicom.not-dicom", "this is no DICOM object: neither its prefix nor a data element is at the beginning", new Place(Offset: 0));

    internal static DicomParser MetaParser(ProblemList problems, ReadOnlySpan<byte> meta) =>
        new(problems, meta.Length >= 6 && VrFacts.Parse(meta[4], meta[5]) == Vr.None ? TransferSyntax.ImplicitLittle : TransferSyntax.ExplicitLittle) { MetaOnly = true };

    internal static void CheckMetaLength(DicomDataSet meta, long start, long end, ProblemList problems)
    {
        if (meta.GetInteger(Tags.FileMetaInformationGroupLength) is { } length && length + start + 12 != end) problems.MetaLength(start);
    }

    private static bool IsMeta(ReadOnlySpan<byte> bytes) => bytes.Length >= 8 && bytes[0] == 2 && bytes[1] == 0;

    /// <summary>True when the first element can be one of the syntax.</summary>
    private static bool Agrees(TransferSyntax syntax, ReadOnlySpan<byte> bytes, long rest)
    {
        var hasVr = VrFacts.Parse(bytes[4], bytes[5]) != Vr.None;
        if (!syntax.IsExplicit)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            return !hasVr || length <= rest - 8;
        }

        return hasVr && Follows(bytes, rest, syntax.IsBigEndian);
    }

    /// <summary>True when after the first, explicit element comes another, or the end.</summary>
    private static bool Follows(ReadOnlySpan<byte> bytes, long rest, bool big)
    {
        var isLong = VrFacts.Parse(bytes[4], bytes[5]).HasLongLength();
        if (isLong && bytes.Length < 12) return false;
        var lengthBytes = bytes.Slice(isLong ? 8 : 6);
        long length = (isLong, big) switch
        {
            (true, true) => BinaryPrimitives.ReadUInt32BigEndian(lengthBytes),
            (true, false) => BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes),
            (false, true) => BinaryPrimitives.ReadUInt16BigEndian(lengthBytes),
            (false, false) => BinaryPrimitives.ReadUInt16LittleEndian(lengthBytes),
        };
        if (length == uint.MaxValue) return true;
        var next = length + (isLong ? 12 : 8);
        if (next > rest) return false;
        return next + 6 > bytes.Length || VrFacts.Parse(bytes[(int)next + 4], bytes[(int)next + 5]) != Vr.None;
    }

    private static Result<DicomFile> ReadMemory(ReadOnlyMemory<byte> bytes, DicomReadOptions options, bool stopAtPixels)
    {
        var problems = new ProblemList();
        var (start, hasMeta) = (0, false);
        if (!options.DataSetOnly) start = FindStart(bytes.Span, problems, out hasMeta);
        var preamble = start == 132 ? bytes[..128] : default;
        var meta = DicomDataSet.Empty;
        TransferSyntax? named = options.Syntax;
        if (hasMeta)
        {
            using var metaParser = MetaParser(problems, bytes.Span[start..]);
            metaParser.Position = start;
            metaParser.Run(bytes.Span, final: true);
            meta = metaParser.Finish(bytes);
            CheckMetaLength(meta, start, metaParser.Position, problems);
            start = metaParser.Position;
            named = Named(meta, bytes.Span[start..], bytes.Length - start, start, problems);
        }
        else if (named is null)
        {
            named = Guess(bytes.Span[start..], bytes.Length - start);
            if (named is null) return NotDicom();
        }

        var syntax = named;
        var (set, first) = (bytes, start);
        if (syntax.IsDeflated)
        {
            set = Inflate(bytes[start..], options.LargestInflated, problems, start);
            first = 0;
        }

        syntax = Verify(syntax, set.Span[first..], set.Length - first, first, problems);
        using var parser = new DicomParser(problems, syntax) { Position = first, StopAtPixels = stopAtPixels };
        parser.Run(set.Span, final: true);
        var dataSet = parser.Finish(set);
        return new DicomFile(syntax, meta, dataSet)
        {
            Preamble = preamble,
            Problems = problems.Problems,
            IsTruncated = parser.Truncated,
            DataSetOffset = start,
            PixelData = stopAtPixels ? PixelDataOf(dataSet) : null,
        };
    }

    internal static DeferredValue? PixelDataOf(DicomDataSet dataSet)
    {
        if (dataSet.Count == 0 || dataSet[dataSet.Count - 1] is not { IsDeferred: true } last) return null;
        return last.Tag == Tags.PixelData || last.Tag == Tags.FloatPixelData || last.Tag == Tags.DoubleFloatPixelData ? last.Deferred : null;
    }

    /// <summary>PS3.5 A.5: the data set as a raw deflate stream (RFC 1951); some write it with a zlib head.</summary>
    private static byte[] Inflate(ReadOnlyMemory<byte> deflated, int largest, ProblemList problems, long offset)
    {
        var inflated = new ByteBuffer();
        try
        {
            using var stream = InflateStream.Open(new PrefixedStream(deflated, Stream.Null), deflated.Span);
            while (inflated.Length < largest)
            {
                var read = stream.Read(inflated.Free(16 << 10));
                if (read == 0) break;
                inflated.Advance(read);
            }

            if (inflated.Length >= largest) problems.Inflate(offset);
        }
        catch (InvalidDataException)
        {
            problems.Inflate(offset);
        }

        return inflated.Written.ToArray();
    }
}
