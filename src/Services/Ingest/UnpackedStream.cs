namespace Yunnao.Services.Ingest;

/// <summary>
/// What a compressed file unpacks to, as far as a file of records can: one that unpacks to more than 256 megabytes, and to more than 200 times
/// its size, is made to fill memory or disk. Tables compress to a tenth, at the very best to a fiftieth.
/// </summary>
/// <param name="packed">Length of the compressed file.</param>
internal sealed class UnpackedStream(Stream unpacked, long packed) : Stream
{
    private const long Large = 256L << 20;
    private const int MostTimes = 200;
    private readonly long _limit = Math.Max(Large, packed * MostTimes);
    private long _given;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => Count(unpacked.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await unpacked.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) unpacked.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        _given += read;
        return _given <= _limit ? read : throw new UnpackedTooFarException();
    }
}
