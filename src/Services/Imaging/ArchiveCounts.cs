namespace Yunnao.Services.Imaging;

/// <summary>What an archive holds. The counts are kept with every change, not counted when asked for.</summary>
/// <param name="Bytes">Of the files of all instances.</param>
/// <param name="Quarantined">Files that need a look.</param>
public sealed record ArchiveCounts(long Patients, long Studies, long Series, long Instances, long Bytes, long Quarantined);
