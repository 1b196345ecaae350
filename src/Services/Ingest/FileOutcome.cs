using Yunnao.Kernel;
using Yunnao.Lake.Batches;

namespace Yunnao.Services.Ingest;

/// <summary>What became of one file: a batch, or the problem that kept it out, or the batch it already is.</summary>
/// <param name="File">Path as given.</param>
/// <param name="Batch">The batch with its counts; of a dry run, what it would have been.</param>
/// <param name="AlreadyLoaded">Number of the batch this file already is, or null.</param>
/// <param name="Problem">Why nothing was loaded, or null.</param>
/// <param name="Seconds">Time it took.</param>
/// <param name="Report">Use of columns and paths, when asked for.</param>
public sealed record FileOutcome(
    string File, string? Source, long Bytes, BatchEntry? Batch, int? AlreadyLoaded, Problem? Problem, double Seconds, IReadOnlyList<PathUse> Report);
