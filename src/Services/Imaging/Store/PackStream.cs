namespace Yunnao.Services.Imaging.Store;

/// <summary>A stretch of a file in a pack.</summary>
internal sealed class PackStream(PackedFile file, long from, long until) : RangeStream(from, until)
{
    protected override ValueTask<int> ReadAtAsync(long offset, Memory<byte> into, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(ReadAt(offset, into.Span));
    }

    protected override int ReadAt(long offset, Span<byte> into)
    {
        file.Read(offset, into);
        return into.Length;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }
}
