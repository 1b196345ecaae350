namespace Yunnao.Services.Backups;

/// <summary>A backup of a place.</summary>
/// <param name="Head">What it says of itself; null of one that was never finished.</param>
public sealed record BackupEntry(string Id, BackupHead? Head);
