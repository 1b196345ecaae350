namespace Yunnao.Services.Imaging.Store;

/// <summary>A stretch of a file in a pack.</summary>
internal sealed class PackStream(PackFolder packs, PackPlace place, long from, long until) : RangeStream(from, until)
{
    protected override ValueTask<int> ReadAtAsync(long offset, Memory<byte> into, CancellationToken cancellation) => packs.ReadAsync(place, offset, into, cancellation);

    protected override int ReadAt(long offset, Span<byte> into)
    {
        if (into.Length > 0) packs.Read(place, offset, into);
        return into.Length;
    }
}
