namespace Yunnao.Services.Listen;

/// <summary>What a listener has done so far.</summary>
public sealed class ListenCounts
{
    private long _accepted;
    private long _refused;
    private long _connections;
    private long _number;
    private long _loaded;
    private long _quarantined;

    /// <summary>Messages acknowledged positively.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Messages, or what was none, acknowledged negatively.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Connections open now.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    /// <summary>Rows accepted into data sets.</summary>
    public long Loaded => Interlocked.Read(ref _loaded);

    /// <summary>Rows and messages in quarantine.</summary>
    public long Quarantined => Interlocked.Read(ref _quarantined);

    internal void AddAccepted() => Interlocked.Increment(ref _accepted);

    internal void AddRefused() => Interlocked.Increment(ref _refused);

    internal void AddLoaded(long accepted, long quarantined)
    {
        Interlocked.Add(ref _loaded, accepted);
        Interlocked.Add(ref _quarantined, quarantined);
    }

    internal void AddConnection() => Interlocked.Increment(ref _connections);

    internal void RemoveConnection() => Interlocked.Decrement(ref _connections);

    internal long NextNumber() => Interlocked.Increment(ref _number);
}
