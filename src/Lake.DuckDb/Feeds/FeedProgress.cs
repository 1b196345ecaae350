namespace Yunnao.Lake.DuckDb.Feeds;

/// <summary>What a chunk of a table's rows moved on.</summary>
/// <param name="Query">What was asked of the database; holds no value of a row but the watermark.</param>
/// <param name="Mark">The watermark from here on, or null.</param>
/// <param name="Rows">Rows of the chunk.</param>
/// <param name="Forget">Rows whose watermark is smaller need not be remembered any more.</param>
/// <param name="Seen">Watermark and hash of the chunk's rows that have to be remembered.</param>
/// <param name="Anew">True for the first chunk of a full pull: what was remembered is forgotten.</param>
public sealed record FeedProgress(
    string Feed, string Table, string Query, long? Mark, long Rows, long Forget, IReadOnlyList<(long Mark, UInt128 Hash)> Seen, bool Anew);
