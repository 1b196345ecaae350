using System.Runtime.CompilerServices;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Objects;
using Yunnao.Services.Identity;
using Yunnao.Services.Ingest;
using Yunnao.Services.Jobs;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Release;

/// <summary>
/// Lets rows out of quarantine after a mapping, a code map, a check or a value was corrected. The landed file is read again with the mapping
/// as it is now; of its rows only those in quarantine are judged, and those of records that gave no row before. Those that are good now become
/// rows of the batch that brought them.
/// One batch is one transaction; a crash leaves it released or as it was.
/// </summary>
/// <param name="tellMerges">Called after each batch, to tell of the merges of persons that its rows brought.</param>
public sealed class ReleaseService(
    Registry registry, IEnumerable<TableShape> shapes, DuckDbLake lake, FileObjectStore objects, Vault vault, SubjectResolver resolver, string temporaryFolder, Func<Task> tellMerges)
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(10);

    private readonly Decodings _decodings = new(shapes.ToDictionary(s => s.DataSet.Id, StringComparer.Ordinal));

    /// <summary>Judges batch by batch, the oldest first. A batch's problem does not stop the others.</summary>
    public async IAsyncEnumerable<BatchRelease> ReleaseAsync(ReleaseRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var number in QuarantinedRows.Batches(lake, request))
        {
            var entry = lake.Batch(number);
            if (!entry.Try(out var batch, out var unknown))
            {
                yield return new(number, "", [], 0, unknown);
                continue;
            }

            var released = await TryReleaseAsync(batch, request, cancellation).ConfigureAwait(false);
            await tellMerges().ConfigureAwait(false);
            yield return released.Try(out var done, out var problem) ? done : new(number, batch.Header.FileName, [], 0, problem);
        }
    }

    private async Task<Result<BatchRelease>> TryReleaseAsync(BatchEntry batch, ReleaseRequest request, CancellationToken cancellation)
    {
        if (!registry.Mappings.TryGetValue(batch.Header.Source, out var mapping))
            return new Problem(ProblemKind.NotFound, "release.no-mapping", $"The registry has no mapping '{batch.Header.Source}' any more, with which batch {batch.Number} was loaded.");
        if (batch.Header.ObjectId is not { } id || !await objects.ExistsAsync(id, cancellation).ConfigureAwait(false))
            return new Problem(ProblemKind.NotFound, "release.no-object", $"The landed file of batch {batch.Number} is not in the object store.");

        // Here and not around the whole, since what was released before does not have to be judged again for it.
        var turn = await WriterTurn.WaitAsync(() => Task.FromResult(lake.BeginRelease(batch.Number, registry.Fingerprint, request.Note)), s_longestWait, TimeProvider.System, cancellation).ConfigureAwait(false);
        if (!turn.Try(out var release, out var problem)) return problem;
        using (release)
        {
            if (!(await objects.ReceivedAsync(id, cancellation).ConfigureAwait(false)).Try(out var landed, out problem)) return problem;
            await using var open = landed.ConfigureAwait(false);
            var committed = false;
            try
            {
                var file = new SourceFile(landed.Path, batch.Header.FileName, batch.Header.Bytes, mapping);
                var run = new ReleaseRun(registry, release, request);
                using var stager = Stagers.Of(file, file.Path, landed.Object, batch.Header.Organisation, _decodings, release, run.Codes, run.Sets, temporaryFolder);
                var done = await RunAsync(run, stager, batch, request, cancellation).ConfigureAwait(false);
                committed = done.Ok && !request.DryRun;
                return done;
            }
            finally
            {
                if (!committed) resolver.Forget();
            }
        }
    }

    private async Task<Result<BatchRelease>> RunAsync(ReleaseRun run, Stager stager, BatchEntry batch, ReleaseRequest request, CancellationToken cancellation)
    {
        var release = run.Release;
        if (!(await stager.StageAsync(_ => { }, cancellation).ConfigureAwait(false)).Try(out var sets, out var problem)) return problem;
        using var writer = vault.Write(release.NextBatch);
        var identities = new IdentityPass(resolver, vault, writer, release);
        var torn = vault.Torn(release.NextBatch);
        var reports = new List<ReleaseReport>();
        run.Admit(sets, stager.Refused(), cancellation);
        foreach (var of in sets.GroupBy(s => s.Shape.DataSet.Id))
        {
            if (!run.Judge([.. of], set => identities.Learn(set, cancellation), cancellation).Try(out var report, out problem)) return problem;
            if (report is not null) reports.Add(report);
        }

        var done = new BatchRelease(batch.Number, batch.Header.FileName, reports, QuarantinedRows.WithoutRow(release.Connection, batch.Number), null);
        if (request.DryRun) return done;
        foreach (var set in sets) identities.Merge(set, release.Now);
        identities.Repoint(torn);

        // As in loading: the vault first, so that a crash in between leaves a subject without rows.
        resolver.WriteNew(writer);
        writer.Commit();
        release.Commit();
        return done;
    }
}
