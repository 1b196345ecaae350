using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Pixels;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Store;

/// <summary>What a whole file says of itself.</summary>
internal sealed class FileFacts
{
    private const int Buffer = 1 << 20;
    private readonly Lazy<byte[]> _hash;
    private readonly Lazy<byte[]> _dataHash;

    public FileFacts(Result<InstanceHeader> header, byte[] hash, byte[] dataHash)
        : this(header, new Lazy<byte[]>(hash), new Lazy<byte[]>(dataHash))
    {
    }

    private FileFacts(Result<InstanceHeader> header, Lazy<byte[]> hash, Lazy<byte[]> dataHash) => (Header, _hash, _dataHash) = (header, hash, dataHash);

    /// <summary>Its header, or why it has none that can be indexed.</summary>
    public Result<InstanceHeader> Header { get; }

    /// <summary>SHA-256 of the file; of one in memory it may be computed only now, which its bytes must still be there for.</summary>
    public byte[] Hash => _hash.Value;

    /// <summary>Hash (XXH128) of the data set alone, without the meta header; of a file in memory as <see cref="Hash"/>.</summary>
    public byte[] DataHash => _dataHash.Value;

    /// <summary>Reads a file in memory.</summary>
    /// <param name="hash">The SHA-256 of it; null has it computed when it is asked for.</param>
    public static async Task<FileFacts> OfAsync(ReadOnlyMemory<byte> bytes, byte[]? hash, CancellationToken cancellation)
    {
        MemoryMarshal.TryGetArray(bytes, out var array);
        using var stream = new MemoryStream(array.Array!, array.Offset, array.Count, writable: false);
        var read = DicomReader.ReadHeader(bytes);
        var header = await HeaderAsync(read, stream, cancellation).ConfigureAwait(false);
        return new(header, new Lazy<byte[]>(() => hash ?? SHA256.HashData(bytes.Span)), new Lazy<byte[]>(() => XxHash128.Hash(bytes.Span[(int)DataStart(read, bytes.Length)..])));
    }

    /// <summary>Reads a file through a stream whose hash is known.</summary>
    /// <param name="stream">Seekable, at the beginning of the file.</param>
    /// <param name="dataHash">That of the data set; null has the whole file read for it.</param>
    public static async Task<FileFacts> OfAsync(Stream stream, byte[] hash, byte[]? dataHash, CancellationToken cancellation)
    {
        if (dataHash is null) return await OfAsync(stream, cancellation).ConfigureAwait(false);
        var read = await DicomReader.ReadHeaderAsync(stream, cancel: cancellation).ConfigureAwait(false);
        return new(await WholeHeaderAsync(read, stream, cancellation).ConfigureAwait(false), hash, dataHash);
    }

    /// <summary>Reads a file through a stream; of the pixels only the hashes are taken.</summary>
    /// <param name="stream">Seekable, at the beginning of the file.</param>
    public static async Task<FileFacts> OfAsync(Stream stream, CancellationToken cancellation)
    {
        var read = await DicomReader.ReadHeaderAsync(stream, cancel: cancellation).ConfigureAwait(false);
        var header = await WholeHeaderAsync(read, stream, cancellation).ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var dataHash = new XxHash128();
        var (dataStart, at, buffer) = (DataStart(read, stream.Length), 0L, new byte[Buffer]);
        stream.Position = 0;
        for (int taken; (taken = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0; at += taken)
        {
            hash.AppendData(buffer, 0, taken);
            var skipped = (int)Math.Clamp(dataStart - at, 0, taken);
            dataHash.Append(buffer.AsSpan(skipped, taken - skipped));
        }

        return new(header, hash.GetHashAndReset(), dataHash.GetHashAndReset());
    }

    private static long DataStart(Result<DicomFile> read, long length) => read.Ok ? Math.Min(read.Value.DataSetOffset, length) : 0;

    /// <summary>The header of a file that is closed afterwards.</summary>
    private static async Task<Result<InstanceHeader>> WholeHeaderAsync(Result<DicomFile> read, Stream stream, CancellationToken cancellation)
    {
        var header = await HeaderAsync(read, stream, cancellation).ConfigureAwait(false);
        if (header.Ok) _ = header.Value.Block;
        return header;
    }

    private static async Task<Result<InstanceHeader>> HeaderAsync(Result<DicomFile> read, Stream stream, CancellationToken cancellation)
    {
        if (!read.Try(out var file, out var problem)) return problem;
        if (file.Syntax.IsDeflated) return InstanceHeader.Of(file, FrameTable.WholeObject((int)Math.Clamp(file.DataSet.GetInteger(Tags.NumberOfFrames) ?? 1, 1, int.MaxValue)));
        var frames = file.PixelData is null ? FrameTable.None : (await FrameIndex.ReadAsync(stream, file, cancellation).ConfigureAwait(false)).Try(out var index, out _) ? FrameTable.Of(index) : FrameTable.None;
        return InstanceHeader.Of(file, frames);
    }
}
