using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Index;

/// <summary>A file that is kept but needs a look.</summary>
/// <param name="ReceivedTicks">When it came, in ticks UTC.</param>
/// <param name="Reason">A code of docs/problems.md.</param>
internal sealed record QuarantineRow(
    long Id, long ReceivedTicks, string Reason, string Organisation, string Sender, string Study, string Series, string Instance, PackPlace Place, byte[] Hash);
