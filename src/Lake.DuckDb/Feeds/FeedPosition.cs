namespace Yunnao.Lake.DuckDb.Feeds;

/// <summary>How far a table of a feed has been pulled.</summary>
/// <param name="Mark">The greatest watermark that was committed (ticks of 100 ns of a time, or a number); null where there is none yet.</param>
/// <param name="Seen">Hashes of the rows near the mark that are committed: a row that is read again is one of them, unless it changed.</param>
public sealed record FeedPosition(long? Mark, HashSet<UInt128> Seen);
