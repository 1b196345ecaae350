namespace Yunnao.Lake;

/// <summary>
/// How far the data sets have come, to know whether an answer would still be the same. Taken before the answer, and compared with what it is later.
/// </summary>
/// <param name="Commits">Another number after each commit; null while one is under way.</param>
/// <param name="Changes">
/// Another number after each commit that changed rows which were there before (superseded, given another person, released, taken back), so that while it
/// stays a row that was seen is as it was; null while such a commit is under way.
/// </param>
public readonly record struct LakeStand(long? Commits, long? Changes);
