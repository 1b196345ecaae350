namespace Yunnao.Formats.Dicom.Network;

/// <summary>Why the provider aborts (DICOM PS3.8, table 9-26).</summary>
public enum AbortReason : byte
{
    NotSpecified = 0,
    UnrecognisedPdu = 1,
    UnexpectedPdu = 2,
    UnrecognisedParameter = 4,
    UnexpectedParameter = 5,
    InvalidParameterValue = 6,
}
