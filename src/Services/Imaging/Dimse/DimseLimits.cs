namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Bounds of an association, on both sides.</summary>
public sealed class DimseLimits
{
    /// <summary>The longest body of P-DATA-TF that is taken, in bytes; announced in the negotiation.</summary>
    public uint MaxPdu { get; init; } = 128 << 10;

    /// <summary>The longest identifier of a query, in bytes.</summary>
    public int MostIdentifier { get; init; } = 1 << 20;

    /// <summary>The timer ARTIM of PS3.8, 9.1.5: how long the request, an answer to it or the end of a connection may take.</summary>
    public TimeSpan Artim { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an association may be silent between two units.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one unit may take from its first byte to its last.</summary>
    public TimeSpan ReceivePatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the peer may take to accept what is sent to it.</summary>
    public TimeSpan SendPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Operations of one association that may be under way at once, where the peer asks for more than one.</summary>
    public ushort Window { get; init; } = 16;
}
