namespace Yunnao.Formats;

/// <summary>A stream that remembers where its lines begin, for a reader that knows lines only. Lines are asked for in their order.</summary>
internal sealed class LineOffsets(Stream input) : Stream
{
    private readonly Queue<long> _starts = new();
    private long _read;
    private long _line = 1;
    private long _start;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Byte offset of a line, from 1; of the last one known when the line is not yet seen or already passed.</summary>
    public long Of(long line)
    {
        while (_line < line && _starts.TryDequeue(out var start)) (_line, _start) = (_line + 1, start);
        return _start;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = input.Read(buffer);
        for (var at = 0; at < read; at++)
        {
            var next = buffer[at..read].IndexOf((byte)'\n');
            if (next < 0) break;
            at += next;
            _starts.Enqueue(_read + at + 1);
        }

        _read += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
