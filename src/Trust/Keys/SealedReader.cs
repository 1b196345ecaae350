using System.Buffers;
using Yunnao.Kernel;

namespace Yunnao.Trust.Keys;

/// <summary>
/// Reads ranges of encrypted content wherever it stands: each range is one read of the chunks that it touches, of at most 1 MiB at a time. Not for
/// several threads at once. A chunk that is not what was written throws <see cref="InvalidDataException"/>.
/// </summary>
public sealed class SealedReader : IDisposable
{
    /// <summary>Bytes at the beginning of encrypted content that <see cref="Open"/> looks at.</summary>
    public const int HeadLength = SealedHead.Length;
    private const int MostChunks = 16;
    private readonly Aead _aead;
    private readonly long _length;
    private readonly long _chunks;
    private byte[]? _clear;
    private long _loaded = -1;

    private SealedReader(Aead aead, long length) => (_aead, _length, _chunks) = (aead, length, (length / SealedHead.ChunkLength) + 1);

    /// <summary>Fills a span from an offset of the encrypted content.</summary>
    public delegate void ReadAt(long offset, Span<byte> into);

    /// <summary>Begins to read content. Problems: <c>keys.sealed-damaged</c>, <c>keys.unknown</c>.</summary>
    /// <param name="head">Its first <see cref="HeadLength"/> bytes.</param>
    /// <param name="length">Length of its clear bytes.</param>
    public static Result<SealedReader> Open(ReadOnlySpan<byte> head, long length, KeyRing keys)
    {
        if (SealedHead.Read(head) is not { } read) return Damaged();
        if (!keys.Find(read.KeyId).Try(out var key, out var problem)) return problem;
        return key.Suite == read.Suite ? new SealedReader(read.Open(key, []), length) : Damaged();
    }

    /// <summary>Fills a span with the clear bytes from an offset on.</summary>
    public void Read(long offset, Span<byte> into, ReadAt read)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + into.Length, _length);
        while (into.Length > 0)
        {
            var first = offset / SealedHead.ChunkLength;
            if (first == _loaded)
            {
                var taken = Take(first, offset, into);
                offset += taken;
                into = into[taken..];
                continue;
            }

            var count = (int)Math.Min(((offset + into.Length - 1) / SealedHead.ChunkLength) - first + 1, MostChunks);
            var length = ((count - 1) * SealedHead.SealedChunkLength) + ClearLength(first + count - 1) + Aead.TagLength;
            var texts = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                read(SealedHead.Length + (first * SealedHead.SealedChunkLength), texts.AsSpan(0, length));
                for (var i = 0; i < count; i++)
                {
                    var taken = OpenChunk(first + i, texts.AsSpan(i * SealedHead.SealedChunkLength, ClearLength(first + i) + Aead.TagLength), offset, into);
                    offset += taken;
                    into = into[taken..];
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(texts);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _aead.Dispose();
        if (_clear is not null) ArrayPool<byte>.Shared.Return(_clear, clearArray: true);
        _clear = null;
    }

    /// <summary>A chunk that is wanted whole goes straight to where it is wanted; another one is kept, since the next range often begins in it.</summary>
    private int OpenChunk(long chunk, ReadOnlySpan<byte> text, long offset, Span<byte> into)
    {
        Span<byte> nonce = stackalloc byte[Aead.NonceLength];
        SealedHead.Nonce(chunk, chunk == _chunks - 1, nonce);
        var length = text.Length - Aead.TagLength;
        var isWhole = offset == chunk * SealedHead.ChunkLength && into.Length >= length;
        var clear = isWhole ? into[..length] : (_clear ??= ArrayPool<byte>.Shared.Rent(SealedHead.ChunkLength)).AsSpan(0, length);
        if (!isWhole) _loaded = -1;
        if (!_aead.TryOpen(nonce, text, clear, [])) throw new InvalidDataException("Encrypted content is not what was written.");
        if (isWhole) return length;
        _loaded = chunk;
        return Take(chunk, offset, into);
    }

    private int Take(long chunk, long offset, Span<byte> into)
    {
        var skipped = (int)(offset - (chunk * SealedHead.ChunkLength));
        var taken = Math.Min(into.Length, ClearLength(chunk) - skipped);
        _clear.AsSpan(skipped, taken).CopyTo(into);
        return taken;
    }

    private int ClearLength(long chunk) => chunk == _chunks - 1 ? (int)(_length - (chunk * SealedHead.ChunkLength)) : SealedHead.ChunkLength;

    private static Problem Damaged() => new(ProblemKind.Unavailable, "keys.sealed-damaged", "Encrypted content is cut off or damaged, or it is none.");
}
