using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Pixels;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Reads frames of one instance.</summary>
internal sealed class FrameReader(StoredFile file, InstanceRow instance)
{
    private readonly TransferSyntax _syntax = TransferSyntax.FindOrAssume(instance.TransferSyntax);

    /// <summary>Media type and transfer syntax in which frames are delivered (PS3.18, table 8.7.3-5).</summary>
    public (string Media, string Syntax) Form => _syntax.Coding switch
    {
        PixelCoding.Native or PixelCoding.EncapsulatedNative => ("application/octet-stream", TransferSyntax.ExplicitLittle.Uid),
        PixelCoding.Rle => ("image/dicom-rle", _syntax.Uid),
        PixelCoding.Jpeg => ("image/jpeg", _syntax.Uid),
        PixelCoding.JpegLs => ("image/jls", _syntax.Uid),
        PixelCoding.Jpeg2000 => _syntax.Uid.StartsWith("1.2.840.10008.1.2.4.20", StringComparison.Ordinal) ? ("image/jphc", _syntax.Uid) : ("image/jp2", _syntax.Uid),
        _ => ("application/octet-stream", _syntax.Uid),
    };

    /// <summary>A frame, counted from 0, that is delivered byte for byte as it stands in the file; null for one that is not.</summary>
    public Stream? Open(int number)
    {
        if (_syntax.IsBigEndian || instance.Frames.Kind == FrameKind.WholeObject) return null;
        var span = instance.Frames[number];
        return span is { Fragments: 0, FirstBit: 0 } ? file.Open(span.Offset, span.Length) : null;
    }

    /// <summary>A frame, counted from 0.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(int number, CancellationToken cancellation)
    {
        if (instance.Frames.Kind == FrameKind.WholeObject) return await InflatedAsync(number, cancellation).ConfigureAwait(false);
        var span = instance.Frames[number];
        ReadOnlyMemory<byte> bytes = file.Read(span.Offset, (int)span.Length);
        if (span.Fragments > 0) return FrameIndex.Join(span, bytes);
        if (span.FirstBit > 0) return Shifted(bytes.Span, span.FirstBit);
        return _syntax.IsBigEndian ? await TurnedAsync(bytes, cancellation).ConfigureAwait(false) : bytes;
    }

    /// <summary>True when a compressed frame can also be had uncompressed.</summary>
    public bool Decodes => _syntax.IsEncapsulated && FrameDecoder.CanDecode(_syntax);

    /// <summary>A compressed frame, counted from 0, as samples. Problems: those of its decoder.</summary>
    public async ValueTask<Result<ReadOnlyMemory<byte>>> DecodeAsync(int number, CancellationToken cancellation)
    {
        var stream = file.Open();
        await using (stream.ConfigureAwait(false))
        {
            if (!(await DicomReader.ReadHeaderAsync(stream, cancel: cancellation).ConfigureAwait(false)).Try(out var header, out var problem)) return problem;
            var span = instance.Frames[number];
            return FrameDecoder.Decode(header.DataSet, _syntax, span, file.Read(span.Offset, (int)span.Length)).Try(out var decoded, out problem) ? decoded.Samples : problem;
        }
    }

    private async Task<ReadOnlyMemory<byte>> InflatedAsync(int number, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await Task.CompletedTask.ConfigureAwait(false);
        var whole = DicomReader.Read(file.Read(0, (int)Math.Min(file.Length, int.MaxValue - 1024)));
        if (!whole.Try(out var read, out _) || !FrameIndex.Of(read).Try(out var index, out _) || number >= index.Count) return default;
        var span = index.Frames[number];
        return read.DataSet.TryGet(Tags.PixelData, out var pixels) ? pixels.Value.Slice((int)(span.Offset - index.Frames[0].Offset), (int)span.Length) : default;
    }

    /// <summary>Frames of single bits that begin inside a byte are moved to its beginning.</summary>
    private static byte[] Shifted(ReadOnlySpan<byte> bytes, int bits)
    {
        var shifted = new byte[bytes.Length];
        for (var i = 0; i < bytes.Length; i++) shifted[i] = (byte)((bytes[i] >> bits) | (i + 1 < bytes.Length ? bytes[i + 1] << (8 - bits) : 0));
        return shifted;
    }

    /// <summary>Big endian samples of 16 and 32 bits are turned round.</summary>
    private async Task<ReadOnlyMemory<byte>> TurnedAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var stream = file.Open();
        await using (stream.ConfigureAwait(false))
        {
            var header = await DicomReader.ReadHeaderAsync(stream, cancel: cancellation).ConfigureAwait(false);
            var width = header.Try(out var read, out _) ? (read.DataSet.GetInteger(Tags.BitsAllocated) ?? 8) / 8 : 1;
            if (width < 2) return bytes;
            var turned = bytes.ToArray();
            for (var i = 0; i + width <= turned.Length; i += (int)width) turned.AsSpan(i, (int)width).Reverse();
            return turned;
        }
    }
}
