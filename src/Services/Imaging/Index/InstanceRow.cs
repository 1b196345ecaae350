using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Index;

/// <summary>An instance and where it is.</summary>
/// <param name="Series">Key of its series.</param>
/// <param name="Number">Its place in the series, by order of arrival.</param>
/// <param name="InstanceNumber">As the header says; null when it does not.</param>
/// <param name="DataStart">Offset of the data set in the file (bytes).</param>
/// <param name="Hash">SHA-256 of the file.</param>
/// <param name="Difference">What its header has otherwise than that of the series.</param>
internal sealed record InstanceRow(
    long Series, long Number, string Uid, string SopClass, string TransferSyntax, long? InstanceNumber, long FrameCount,
    PackPlace Place, long DataStart, byte[] Hash, FrameTable Frames, HeaderBlock Difference);
