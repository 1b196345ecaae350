using Amazon.S3;
using Amazon.S3.Model;

namespace Yunnao.Lake.S3;

/// <summary>
/// An object as a stream that can be read from anywhere: it is fetched in ranges, small after a seek (a header, a frame), larger while it is
/// read on.
/// </summary>
internal sealed class S3RangeStream(IAmazonS3 client, string bucket, string key, long length) : Stream
{
    private const int SmallRange = 64 << 10;
    private const int LargeRange = 8 << 20;
    private byte[] _range = [];
    private long _start;
    private int _held;
    private int _next = SmallRange;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty) return 0;
        if (_position < _start || _position >= _start + _held) await FetchAsync(cancellationToken).ConfigureAwait(false);
        return Give(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Waits for the range where one has to be fetched; the client has no other way.</summary>
    public override int Read(Span<byte> buffer)
    {
        if (_position >= length || buffer.IsEmpty) return 0;
        if (_position < _start || _position >= _start + _held) Task.Run(() => FetchAsync(CancellationToken.None)).GetAwaiter().GetResult();
        return Give(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin)
    {
        var to = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => length + offset };
        ArgumentOutOfRangeException.ThrowIfNegative(to, nameof(offset));
        if (to != _position) _next = SmallRange;
        return _position = to;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Give(Span<byte> buffer)
    {
        var from = (int)(_position - _start);
        var count = Math.Min(buffer.Length, _held - from);
        _range.AsSpan(from, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    private async Task FetchAsync(CancellationToken cancellation)
    {
        var wanted = (int)Math.Min(_next, length - _position);
        if (_range.Length < wanted) _range = new byte[wanted];
        var request = new GetObjectRequest { BucketName = bucket, Key = key, ByteRange = new(_position, _position + wanted - 1) };
        using var response = await client.GetObjectAsync(request, cancellation).ConfigureAwait(false);
        (_start, _held) = (_position, 0);
        var content = response.ResponseStream;
        await using (content.ConfigureAwait(false)) await content.ReadExactlyAsync(_range.AsMemory(0, wanted), cancellation).ConfigureAwait(false);
        (_held, _next) = (wanted, Math.Min(_next * 4, LargeRange));
    }
}
