using Yunnao.Kernel;

namespace Yunnao.Trust.Keys;

/// <summary>
/// Decrypts content from a stream that can seek; it can seek itself, so that ranges are read without the rest. Holds one chunk in memory. Reading
/// a chunk that is not what was written throws <see cref="InvalidDataException"/>; a length that was cut off is noticed at the end.
/// </summary>
public sealed class OpeningStream : Stream
{
    private readonly Stream _input;
    private readonly Aead _aead;
    private readonly byte[] _clear = new byte[SealedHead.ChunkLength];
    private readonly byte[] _sealed = new byte[SealedHead.SealedChunkLength];
    private readonly long _chunks;
    private long _loaded = -1;
    private int _loadedLength;
    private long _position;

    private OpeningStream(Stream input, Aead aead, long length, int key)
    {
        (_input, _aead, Length, KeyId) = (input, aead, length, key);
        _chunks = (length / SealedHead.ChunkLength) + 1;
    }

    /// <summary>Begins to read content, and proves its last chunk, so that a content that was cut off is not taken for whole. Problems: <c>keys.sealed-damaged</c>, <c>keys.unknown</c>.</summary>
    /// <param name="context">Where the content belongs, as it was said when it was encrypted.</param>
    public static Result<OpeningStream> Open(Stream input, KeyRing keys, ReadOnlySpan<byte> context = default)
    {
        var head = new byte[SealedHead.Length];
        input.Position = 0;
        if (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || SealedHead.Read(head) is not { } read) return Damaged();
        if (!keys.Find(read.KeyId).Try(out var key, out var problem)) return problem;
        var length = SealedHead.ClearLength(input.Length);
        if (length < 0 || key.Suite != read.Suite) return Damaged();
        var stream = new OpeningStream(input, read.Open(key, context), length, key.Id);
        return stream.TryLoad(stream._chunks - 1) ? stream : Damaged();
    }

    /// <summary>True when a file or object begins like encrypted content.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> beginning) => SealedHead.Read(beginning) is not null;

    /// <summary>Id of the data key that encrypted the content.</summary>
    public int KeyId { get; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position { get => _position; set => _position = value; }

    public override int Read(Span<byte> buffer)
    {
        if (_position >= Length || buffer.IsEmpty) return 0;
        var (chunk, offset) = Math.DivRem(_position, SealedHead.ChunkLength);
        if (chunk != _loaded && !TryLoad(chunk)) throw new InvalidDataException("Encrypted content is not what was written.");
        var some = Math.Min(buffer.Length, _loadedLength - (int)offset);
        _clear.AsSpan((int)offset, some).CopyTo(buffer);
        _position += some;
        return some;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _aead.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool TryLoad(long chunk)
    {
        var last = chunk == _chunks - 1;
        var length = last ? (int)(Length - (chunk * SealedHead.ChunkLength)) : SealedHead.ChunkLength;
        _input.Position = SealedHead.Length + (chunk * SealedHead.SealedChunkLength);
        var text = _sealed.AsSpan(0, length + Aead.TagLength);
        _loaded = -1;
        if (_input.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length) return false;
        Span<byte> nonce = stackalloc byte[Aead.NonceLength];
        SealedHead.Nonce(chunk, last, nonce);
        if (!_aead.TryOpen(nonce, text, _clear, [])) return false;
        (_loaded, _loadedLength) = (chunk, length);
        return true;
    }

    private static Problem Damaged() => new(ProblemKind.Unavailable, "keys.sealed-damaged", "Encrypted content is cut off or damaged, or it is none.");
}
