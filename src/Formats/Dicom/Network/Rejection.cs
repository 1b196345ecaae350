namespace Yunnao.Formats.Dicom.Network;

/// <summary>Result, source and reason of A-ASSOCIATE-RJ (DICOM PS3.8, table 9-21).</summary>
public readonly record struct Rejection(byte Result, byte Source, byte Reason)
{
    /// <summary>No reason is given.</summary>
    public static readonly Rejection NoReason = new(1, 1, 1);

    /// <summary>The application context is another than that of DICOM.</summary>
    public static readonly Rejection ApplicationContext = new(1, 1, 2);

    /// <summary>The caller is not one of those that are let in.</summary>
    public static readonly Rejection CallingAeTitle = new(1, 1, 3);

    /// <summary>Nobody of that name is here.</summary>
    public static readonly Rejection CalledAeTitle = new(1, 1, 7);

    /// <summary>The version of the protocol is not 1.</summary>
    public static readonly Rejection ProtocolVersion = new(1, 2, 2);

    /// <summary>Too many associations at the moment; may be tried again.</summary>
    public static readonly Rejection LocalLimit = new(2, 3, 2);

    /// <inheritdoc/>
    public override string ToString() => (Result == 2 ? "transient, " : "permanent, ") + (Source, Reason) switch
    {
        (1, 2) => "the application context is not supported",
        (1, 3) => "the calling AE title is not known there",
        (1, 7) => "the called AE title is not known there",
        (2, 2) => "the protocol version is not supported",
        (3, 1) => "temporary congestion",
        (3, 2) => "a limit there is reached",
        _ => "no reason given",
    };
}
