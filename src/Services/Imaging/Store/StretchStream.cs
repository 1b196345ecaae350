namespace Yunnao.Services.Imaging.Store;

/// <summary>A stretch of a file that is an object of its own.</summary>
internal sealed class StretchStream(Stream file, long from, long until) : RangeStream(from, until)
{
    protected override ValueTask<int> ReadAtAsync(long offset, Memory<byte> into, CancellationToken cancellation)
    {
        file.Position = offset;
        return file.ReadAsync(into, cancellation);
    }

    protected override int ReadAt(long offset, Span<byte> into)
    {
        file.Position = offset;
        return file.Read(into);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }
}
