using System.Runtime.CompilerServices;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Services.Ingest;
using Yunnao.Standards;

namespace Yunnao.Services.Pull;

/// <summary>Pulls the tables of databases into the lake: what is read is landed as files and goes the way of every file.</summary>
/// <param name="temporaryFolder">That of the ingest, which removes what a process that was killed has left there.</param>
public sealed class PullService(Registry registry, DuckDbLake lake, IngestService ingest, string temporaryFolder)
{
    /// <summary>Pulls a feed table by table; a table's problem does not stop the others.</summary>
    /// <param name="progress">Told the table and the rows read so far.</param>
    public async IAsyncEnumerable<PullOutcome> PullAsync(PullRequest request, Action<string, long> progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var feed = request.Feed;
        if (Fault(request) is { } wrong)
        {
            yield return new(feed.Id, request.Table ?? "", 0, 0, 0, [], wrong);
            yield break;
        }

        Directory.CreateDirectory(temporaryFolder);
        foreach (var table in feed.Tables.Where(t => request.Table is null || t.Name == request.Table))
        {
            if (!(await DatabaseFeed.OpenAsync(feed, cancellation).ConfigureAwait(false)).Try(out var connection, out var problem))
            {
                yield return new(feed.Id, table.Name, 0, 0, 0, [], problem);
                yield break;
            }

            await using (connection.ConfigureAwait(false))
            {
                yield return await new TablePull(lake, ingest, temporaryFolder, request, table)
                    .RunAsync(connection, rows => progress(table.Name, rows), cancellation).ConfigureAwait(false);
            }
        }
    }

    private Problem? Fault(PullRequest request)
    {
        var feed = request.Feed;
        if (!feed.IsDatabase) return new(ProblemKind.Incorrect, "feed.kind", $"The feed {feed.Id} is not a database; its files come by yunnao watch.", new(feed.File));
        if (request.Table is { } name && feed.Tables.All(t => t.Name != name))
            return new(ProblemKind.NotFound, "feed.no-table", $"The feed {feed.Id} has no table '{name}'. It has: {string.Join(", ", feed.Tables.Select(t => t.Name))}.", new(feed.File));
        if (!registry.Mappings.TryGetValue(feed.Mapping!, out var mapping))
            return new(ProblemKind.NotFound, "ingest.unknown-source", $"There is no source mapping '{feed.Mapping}', which the feed {feed.Id} names.", new(feed.File));
        return mapping.Format == "csv"
            ? null
            : new(ProblemKind.Incorrect, "feed.mapping", $"The mapping {mapping.Id} is of the format {mapping.Format}. What is pulled from a database is landed as CSV, so its mapping is of the format csv.", new(feed.File));
    }
}
