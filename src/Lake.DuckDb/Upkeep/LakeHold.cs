namespace Yunnao.Lake.DuckDb.Upkeep;

/// <summary>The lake held still: its file has all that is committed and does not change until this is disposed.</summary>
public sealed class LakeHold : IDisposable
{
    private readonly Action _release;
    private int _released;

    internal LakeHold(Stream bytes, Action release) => (Bytes, _release) = (bytes, release);

    /// <summary>The bytes of the file, from its beginning; belongs to the lake.</summary>
    public Stream Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0) _release();
    }
}
