namespace Yunnao.Formats.Dicom.Network;

/// <summary>Values of Status (0000,0900) that are given here (DICOM PS3.7 annex C, PS3.4 annexes B.2.3, C.4).</summary>
public static class DimseStatus
{
    public const ushort Success = 0x0000;
    public const ushort Cancelled = 0xFE00;
    public const ushort Pending = 0xFF00;

    /// <summary>Pending, but a key is not supported.</summary>
    public const ushort PendingKeysIgnored = 0xFF01;

    public const ushort SopClassNotSupported = 0x0122;
    public const ushort NoSuchInstance = 0x0112;
    public const ushort ProcessingFailure = 0x0110;
    public const ushort UnrecognisedOperation = 0x0211;
    public const ushort NotAuthorised = 0x0124;
    public const ushort NoSuchAction = 0x0123;

    public const ushort OutOfResources = 0xA700;
    public const ushort MatchesNotCounted = 0xA701;
    public const ushort SubOperationsFailed = 0xA702;
    public const ushort MoveDestinationUnknown = 0xA801;
    public const ushort IdentifierMismatch = 0xA900;

    /// <summary>Some of the objects could not be sent.</summary>
    public const ushort SubOperationsWarning = 0xB000;

    /// <summary>The data set is of another class or instance than the command says.</summary>
    public const ushort ClassMismatch = 0xA900;

    public const ushort CannotUnderstand = 0xC000;

    /// <summary>True for the statuses that say that more will follow.</summary>
    public static bool IsPending(ushort status) => status is Pending or PendingKeysIgnored;

    /// <summary>True for success and the warnings.</summary>
    public static bool IsDone(ushort status) => status == Success || (status & 0xF000) == 0xB000 || status is 0x0001 or 0x0107 or 0x0116;
}
