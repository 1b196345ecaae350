using Yunnao.Kernel;
using Yunnao.Lake.Batches;

namespace Yunnao.Services.Release;

/// <summary>What became of the rows of one batch.</summary>
/// <param name="Reports">One a data set that was judged again.</param>
/// <param name="Unreadable">Records of the batch that give no row by the mapping as it is now either.</param>
/// <param name="Problem">Why nothing was judged, or null.</param>
public sealed record BatchRelease(int Batch, string FileName, IReadOnlyList<ReleaseReport> Reports, long Unreadable, Problem? Problem);
