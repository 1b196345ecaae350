using Yunnao.Lake.Queries;

namespace Yunnao.Services.Exports.Targets;

/// <summary>What was sent of a table to another platform.</summary>
/// <param name="Mark">The last writing that was ended; null before the first.</param>
/// <param name="Newest">Number of the last writing that brought rows, of those that were ended; null when none of its rows are there.</param>
/// <param name="Begun">The writing that was begun and not ended; null when there is none.</param>
internal sealed record SentTable(TargetMark? Mark, long? Newest, SentTable.Writing? Begun)
{
    public static SentTable Nothing { get; } = new(null, null, null);

    /// <summary>A writing.</summary>
    /// <param name="UpTo">None of its rows is newer.</param>
    /// <param name="Replace">True when it brings all rows, not changes.</param>
    internal sealed record Writing(long Number, LakeMark UpTo, bool Replace);
}
