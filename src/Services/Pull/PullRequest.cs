using Yunnao.Standards.Feeds;

namespace Yunnao.Services.Pull;

/// <summary>What to pull and how.</summary>
/// <param name="Table">Name of the one table to pull; null: all of the feed.</param>
/// <param name="Full">From the beginning, whatever the watermark.</param>
/// <param name="DryRun">Read and check, but commit nothing and leave the watermark where it is.</param>
public sealed record PullRequest(Feed Feed, string? Table = null, bool Full = false, bool DryRun = false);
