using Yunnao.Kernel;
using Yunnao.Standards.Feeds;

namespace Yunnao.Cli.Feeds;

/// <summary>The descriptions of feeds that a command line names.</summary>
internal static class FeedFiles
{
    /// <summary>All of them; every mistake is printed, and the last is the problem.</summary>
    public static Result<IReadOnlyList<Feed>> Read(IEnumerable<string> named, string dataFolder, Terminal terminal)
    {
        var feeds = new List<Feed>();
        var problems = new List<Problem>();
        foreach (var name in named)
        {
            var (feed, found) = FeedReader.Read(name, dataFolder);
            problems.AddRange(found);
            if (feed is not null) feeds.Add(feed);
        }

        if (problems.Count == 0) return feeds;
        foreach (var problem in problems.SkipLast(1)) terminal.Fail(problem);
        return problems[^1];
    }
}
