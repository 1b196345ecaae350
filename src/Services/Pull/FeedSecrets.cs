using Yunnao.Kernel;
using Yunnao.Standards.Feeds;

namespace Yunnao.Services.Pull;

/// <summary>Fetches the secret of a feed from where its description says it is.</summary>
public static class FeedSecrets
{
    /// <summary>The secret; null when the feed has none. Problem: <c>feed.secret</c>, which names the place and not the secret.</summary>
    public static Result<string?> Of(Feed feed)
    {
        if (feed.Secret is not { } secret) return (string?)null;
        if (secret.Variable is { } variable)
        {
            return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
                ? value
                : new Problem(ProblemKind.NotFound, "feed.secret", $"The environment variable {variable}, which holds the secret of the feed {feed.Id}, is not set.", new(feed.File));
        }

        if (secret.File is not { } path) return new Problem(ProblemKind.Incorrect, "feed.secret", "A secret is in an environment variable (env) or in a file (file).", new(feed.File));
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.NotFound, "feed.secret", $"The file with the secret of the feed {feed.Id} cannot be read.", new(path));
        }
    }
}
