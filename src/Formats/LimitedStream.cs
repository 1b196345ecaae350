namespace Yunnao.Formats;

/// <summary>A stream that gives no more than so many bytes: what is longer than it can honestly be is made to fill memory or disk.</summary>
/// <param name="inner">Closed with this one.</param>
/// <param name="limit">Most bytes.</param>
/// <param name="tooLong">Makes the exception that the byte after the last allowed one ends in.</param>
public sealed class LimitedStream(Stream inner, long limit, Func<Exception> tooLong) : ForwardStream
{
    private long _left = limit;

    public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        _left -= read;
        return _left >= 0 ? read : throw tooLong();
    }
}
