namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// Files that come one after another from one sender and are made safe together. While nobody else stores, their bytes are written to where
/// they will stand as they arrive, so that the flush at the end finds little left to do. When something came between, what was written is
/// written over, and the files are appended as a whole.
/// </summary>
internal sealed class PackRun : IDisposable
{
    private readonly PackTail _tail;
    private readonly long _version;
    private readonly int _unit;
    private long _next;
    private volatile bool _isAhead;
    private bool _closed;

    internal PackRun(PackTail tail)
    {
        _tail = tail;
        var claim = tail.Claim(this);
        _isAhead = claim is not null;
        (_next, _version, _unit) = claim ?? default;
    }

    /// <summary>The next file of the run, asked for when the one before has come to its end (<see cref="Pass"/>); null when it cannot be written ahead.</summary>
    public PackAhead? Next() => _isAhead ? new(this, _next, _unit) : null;

    /// <summary>The file has come to its end; what follows it stands behind it.</summary>
    /// <param name="size">Bytes of its record.</param>
    public void Pass(long size) => _next += size;

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _tail.Close(this);
    }

    internal void Settle() => _tail.Settle();

    internal bool Is(PackRun? run, long version) => this == run && _version == version;

    internal bool TryWrite(long position, ReadOnlySpan<byte> bytes)
    {
        if (_isAhead && !_tail.TryWriteAhead(this, _version, position, bytes)) _isAhead = false;
        return _isAhead;
    }
}
