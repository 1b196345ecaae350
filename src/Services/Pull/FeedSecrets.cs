using Yunnao.Kernel;
using Yunnao.Standards.Feeds;

namespace Yunnao.Services.Pull;

/// <summary>Fetches the secret of a feed from where its description says it is.</summary>
public static class FeedSecrets
{
    /// <summary>The secret; null when the feed has none. Problem: <c>feed.secret</c>, which names the place and not the secret.</summary>
    public static Result<string?> Of(Feed feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        return Of(feed.Secret, feed.Id, feed.File);
    }

    /// <summary>The same for whatever else has a description with a secret beside it.</summary>
    /// <param name="owner">Id of what the secret is for.</param>
    /// <param name="file">Its description.</param>
    internal static Result<string?> Of(FeedSecret? secret, string owner, string file)
    {
        if (secret is null) return (string?)null;
        if (secret.Variable is { } variable)
        {
            return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
                ? value
                : new Problem(ProblemKind.NotFound, "feed.secret", $"The environment variable {variable}, which holds the secret of {owner}, is not set.", new(file));
        }

        if (secret.File is not { } path) return new Problem(ProblemKind.Incorrect, "feed.secret", "A secret is in an environment variable (env) or in a file (file).", new(file));
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.NotFound, "feed.secret", $"The file with the secret of {owner} cannot be read.", new(path));
        }
    }
}
