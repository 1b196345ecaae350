namespace Yunnao.Services.Imaging.Dimse;

/// <summary>What a server has done since it started.</summary>
public sealed class DimseCounts
{
    private long _accepted;
    private long _refused;
    private long _stored;
    private long _notStored;
    private long _sent;

    /// <summary>Associations.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Associations that were not agreed to.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Instances whose storing was acknowledged.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    /// <summary>Instances that were answered with a failure.</summary>
    public long NotStored => Interlocked.Read(ref _notStored);

    /// <summary>Instances that others took from here by C-MOVE and C-GET.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    internal void AddAccepted() => Interlocked.Increment(ref _accepted);

    internal void AddRefused() => Interlocked.Increment(ref _refused);

    internal void AddStored(bool ok)
    {
        if (ok) Interlocked.Increment(ref _stored);
        else Interlocked.Increment(ref _notStored);
    }

    internal void AddSent() => Interlocked.Increment(ref _sent);
}
