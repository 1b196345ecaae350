using Yunnao.Kernel;
using Yunnao.Services.Pull;
using Yunnao.Standards.Feeds;

namespace Yunnao.Services.Watch;

/// <summary>Makes the drop that the description of a feed is about.</summary>
public static class Drops
{
    /// <summary>Problems: <c>feed.kind</c>, <c>feed.secret</c>, <c>watch.key-file</c>. Nothing is connected yet.</summary>
    public static Result<IDrop> Of(Feed feed)
    {
        if (feed.IsDatabase) return new Problem(ProblemKind.Incorrect, "feed.kind", $"The feed {feed.Id} is a database; its rows come by yunnao pull.", new(feed.File));
        if (!FeedSecrets.Of(feed).Try(out var secret, out var problem)) return problem;
        if (feed.Kind == FeedKind.S3) return new S3Drop(new(feed.Host!, feed.Region!, feed.Bucket!, Prefix(feed.Folder), feed.User!, secret ?? ""));
        return SftpDrop.Open(feed, secret).Try(out var sftp, out problem) ? sftp : problem;
    }

    private static string Prefix(string folder) => folder.Length == 0 || folder.EndsWith('/') ? folder : folder + "/";
}
