namespace Yunnao.Tests.Formats;

/// <summary>A long input that is nowhere in memory: a head, a body many times, a tail. Gives a few thousand bytes a read, as a network does.</summary>
public sealed class RepeatedStream(byte[] head, byte[] body, long times, byte[] tail) : Stream
{
    private const int MaxRead = 60_000;

    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => head.Length + body.Length * times + tail.Length;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var wanted = Math.Min(buffer.Length, MaxRead);
        var given = 0;
        while (given < wanted && _position < Length)
        {
            var from = Rest();
            var count = Math.Min(from.Length, wanted - given);
            from[..count].CopyTo(buffer[given..]);
            given += count;
            _position += count;
        }

        return given;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private ReadOnlySpan<byte> Rest()
    {
        if (_position < head.Length) return head.AsSpan((int)_position);
        var inBodies = _position - head.Length;
        if (inBodies < body.Length * times) return body.AsSpan((int)(inBodies % body.Length));
        return tail.AsSpan((int)(inBodies - body.Length * times));
    }
}
