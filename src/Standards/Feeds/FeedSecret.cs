namespace Yunnao.Standards.Feeds;

/// <summary>Where a feed's secret is: an environment variable, or a file of one line. Never in the description itself.</summary>
public sealed record FeedSecret(string? Variable, string? File);
