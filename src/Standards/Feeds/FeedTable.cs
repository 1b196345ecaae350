namespace Yunnao.Standards.Feeds;

/// <summary>A table, a view or a SELECT of a database that is a feed.</summary>
/// <param name="Name">What is pulled is landed as the file <c>NAME.csv</c>, by which the mapping finds its rule.</param>
/// <param name="Select">A table's name, or a SELECT in brackets: what stands after FROM.</param>
/// <param name="Watermark">A column of a number or a time that grows with every change of a row; null: the whole table is pulled each time.</param>
/// <param name="Overlap">
/// How far behind the watermark to look again, for rows whose transaction was committed late: 100 ns ticks of a time, or a number. Rows seen
/// before are left out.
/// </param>
/// <param name="Key">Columns that make the order of rows of the same watermark the same every time.</param>
/// <param name="ChunkRows">Rows that are landed as one file, at most.</param>
public sealed record FeedTable(string Name, string Select, string? Watermark, long Overlap, IReadOnlyList<string> Key, int ChunkRows);
