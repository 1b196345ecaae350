namespace Yunnao.Formats.Dicom.Network;

/// <summary>The kinds of protocol data unit (DICOM PS3.8, 9.3.1).</summary>
public enum PduType : byte
{
    /// <summary>Not a kind of the standard.</summary>
    None = 0,
    AssociateRequest = 1,
    AssociateAccept = 2,
    AssociateReject = 3,
    Data = 4,
    ReleaseRequest = 5,
    ReleaseResponse = 6,
    Abort = 7,
}
