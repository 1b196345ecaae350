namespace Yunnao.Services.Imaging;

/// <summary>A file that is kept but needs a look.</summary>
/// <param name="Received">When it came.</param>
/// <param name="Reason">A code of docs/problems.md.</param>
/// <param name="Bytes">Its length.</param>
public sealed record QuarantineLine(long Number, DateTimeOffset Received, string Reason, string Sender, string Study, string Instance, long Bytes);
