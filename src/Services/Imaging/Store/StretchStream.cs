namespace Yunnao.Services.Imaging.Store;

/// <summary>A stretch of a file that is an object of its own.</summary>
internal sealed class StretchStream(FileStream file, long from, long until) : RangeStream(from, until)
{
    protected override ValueTask<int> ReadAtAsync(long offset, Memory<byte> into, CancellationToken cancellation) =>
        RandomAccess.ReadAsync(file.SafeFileHandle, into, offset, cancellation);

    protected override int ReadAt(long offset, Span<byte> into) => RandomAccess.Read(file.SafeFileHandle, into, offset);

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }
}
