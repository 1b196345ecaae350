namespace Yunnao.Services.Imaging.Store;

/// <summary>A readable, seekable view of the bytes between two offsets; position 0 is the first of them.</summary>
internal abstract class RangeStream(long from, long until) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => until - from;

    public override long Position
    {
        get => _position;
        set => _position = Math.Clamp(value, 0, Length);
    }

    /// <summary>Reads at an offset of what is viewed.</summary>
    protected abstract ValueTask<int> ReadAtAsync(long offset, Memory<byte> into, CancellationToken cancellation);

    /// <summary>Reads at an offset of what is viewed.</summary>
    protected abstract int ReadAt(long offset, Span<byte> into);

    public override int Read(Span<byte> buffer)
    {
        var read = ReadAt(from + _position, buffer[..(int)Math.Min(buffer.Length, Length - _position)]);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var most = (int)Math.Min(buffer.Length, Length - _position);
        if (most == 0) return 0;
        var read = await ReadAtAsync(from + _position, buffer[..most], cancellationToken).ConfigureAwait(false);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin)
    {
        Position = offset + (origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => _position, _ => Length });
        return _position;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
