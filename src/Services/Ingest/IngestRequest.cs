using Yunnao.Lake.DuckDb.Batches;

namespace Yunnao.Services.Ingest;

/// <summary>What to load and how.</summary>
/// <param name="Paths">Files and folders. A folder is read with all below it; where it holds a <c>sources.csv</c>, that names the mapping of each sub-folder.</param>
/// <param name="Source">Id of the source mapping, for everything that <c>sources.csv</c> does not decide.</param>
/// <param name="Organisation">Organisation of the records, instead of the mapping's own.</param>
/// <param name="DryRun">Do everything but commit.</param>
/// <param name="Report">Count which columns and paths of the source were used and which were not.</param>
/// <param name="WithCommit">Called in the transaction of each batch right before its commit, for what has to be remembered with it.</param>
public sealed record IngestRequest(
    IReadOnlyList<string> Paths, string? Source = null, string? Organisation = null, bool DryRun = false, bool Report = false, Action<DuckDbBatch>? WithCommit = null)
{
    /// <summary>True refuses a file that has records of another institution than <see cref="Organisation"/>: who sends it may write for that one only.</summary>
    public bool OwnOnly { get; init; }
}
