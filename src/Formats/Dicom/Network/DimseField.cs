using System.Diagnostics.CodeAnalysis;

namespace Yunnao.Formats.Dicom.Network;

/// <summary>Values of Command Field (0000,0100) that are served or sent here (DICOM PS3.7, annex E).</summary>
[SuppressMessage("Design", "CA1028", Justification = "The command field has 16 bits.")]
public enum DimseField : ushort
{
    None = 0,
    StoreRequest = 0x0001,
    StoreResponse = 0x8001,
    GetRequest = 0x0010,
    GetResponse = 0x8010,
    FindRequest = 0x0020,
    FindResponse = 0x8020,
    MoveRequest = 0x0021,
    MoveResponse = 0x8021,
    EchoRequest = 0x0030,
    EchoResponse = 0x8030,
    EventReportRequest = 0x0100,
    EventReportResponse = 0x8100,
    ActionRequest = 0x0130,
    ActionResponse = 0x8130,
    CancelRequest = 0x0FFF,
}
