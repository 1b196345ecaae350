namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Whether <c>ops.touch</c> may hold anything, known in the process that alone writes it, so that an answer need not ask the engine each time.
/// A batch opens the watch before it commits and closes it when its rows are changed. An answer that began while the watch was closed, and
/// finds its <see cref="State"/> the same once its snapshot is taken, has seen no touch.
/// </summary>
internal sealed class TouchWatch
{
    private long _state;

    /// <summary>Even while nothing is to be changed; another number after each opening and closing.</summary>
    public long State => Volatile.Read(ref _state);

    /// <summary>True when rows may still have to be changed.</summary>
    public static bool Open(long state) => (state & 1) != 0;

    /// <summary>Before touches are committed, and where nobody can say.</summary>
    public void Open() => Interlocked.Or(ref _state, 1);

    /// <summary>After all touches are carried out.</summary>
    public void Close()
    {
        // Only the one who writes opens and closes.
        if (Open(State)) Interlocked.Increment(ref _state);
    }
}
