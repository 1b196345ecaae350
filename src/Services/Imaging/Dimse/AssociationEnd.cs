namespace Yunnao.Services.Imaging.Dimse;

/// <summary>How an association ended.</summary>
internal enum AssociationEnd
{
    /// <summary>It has not.</summary>
    None,
    Released,
    Aborted,

    /// <summary>The connection broke.</summary>
    Lost,

    /// <summary>The peer kept silent, or was too slow.</summary>
    TimedOut,

    /// <summary>The peer broke the protocol.</summary>
    Violated,
}
