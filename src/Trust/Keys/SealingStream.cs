using System.Buffers;

namespace Yunnao.Trust.Keys;

/// <summary>Encrypts what is written into another stream; see <see cref="SealedHead"/>. Whole only after it is disposed. Holds one chunk in memory.</summary>
public sealed class SealingStream : Stream
{
    private readonly Stream _output;
    private readonly bool _leaveOpen;
    private readonly Aead _aead;
    private byte[] _clear = ArrayPool<byte>.Shared.Rent(SealedHead.ChunkLength);
    private byte[] _sealed = ArrayPool<byte>.Shared.Rent(SealedHead.SealedChunkLength);
    private int _filled;
    private long _chunk;
    private bool _ended;

    /// <param name="context">Where the content belongs: it decrypts only for who says the same. Empty for content that is known by its hash.</param>
    public SealingStream(Stream output, DataKey key, bool leaveOpen = false, ReadOnlySpan<byte> context = default)
    {
        (_output, _leaveOpen) = (output, leaveOpen);
        var head = SealedHead.New(key);
        _aead = head.Open(key, context);
        output.Write(head.Bytes);
    }

    /// <summary>Length of the encrypted content of this many clear bytes.</summary>
    public static long LengthOf(long clear) => SealedHead.Length + clear + (((clear / SealedHead.ChunkLength) + 1) * Aead.TagLength);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => (_chunk * SealedHead.ChunkLength) + _filled; set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_filled == SealedHead.ChunkLength) Chunk(last: false);
            var some = Math.Min(buffer.Length, SealedHead.ChunkLength - _filled);
            buffer[..some].CopyTo(_clear.AsSpan(_filled));
            _filled += some;
            buffer = buffer[some..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Does nothing: a chunk is written when it is full, the last one at the end.</summary>
    public override void Flush()
    {
    }

    /// <summary>Writes the last chunk; nothing can be written after it.</summary>
    public void Complete()
    {
        if (_ended) return;
        _ended = true;

        // A last chunk that is full is followed by an empty one, so that the length tells where the content ends.
        if (_filled == SealedHead.ChunkLength) Chunk(last: false);
        Chunk(last: true);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _clear.Length > 0)
        {
            Complete();
            _aead.Dispose();
            ArrayPool<byte>.Shared.Return(_clear, clearArray: true);
            ArrayPool<byte>.Shared.Return(_sealed);
            (_clear, _sealed) = ([], []);
            if (!_leaveOpen) _output.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Chunk(bool last)
    {
        Span<byte> nonce = stackalloc byte[Aead.NonceLength];
        SealedHead.Nonce(_chunk++, last, nonce);
        _aead.Seal(nonce, _clear.AsSpan(0, _filled), _sealed, []);
        _output.Write(_sealed, 0, _filled + Aead.TagLength);
        _filled = 0;
    }
}
