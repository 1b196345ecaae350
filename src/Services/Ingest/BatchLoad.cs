using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Services.Identity;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>The steps of one batch, or of a group of them, in order: decode, identify, check, settle, commit.</summary>
internal sealed class BatchLoad(Registry registry, DuckDbBatch batch, SubjectResolver resolver, Vault vault)
{
    private static readonly TimeSpan s_watching = TimeSpan.FromSeconds(1);

    public CodeSets Sets { get; } = new(registry);

    public CodeMapSql Codes { get; } = new(registry, batch);

    /// <param name="keep">Makes the landed bytes objects of the store.</param>
    /// <param name="judge">Asked before the commit, when all rows are judged; what it finds ends the load.</param>
    /// <returns>The ledger's entries of all batches.</returns>
    public async Task<Result<IReadOnlyList<BatchEntry>>> RunAsync(
        Stager stager, Func<Task> keep, IngestRequest request, Action<string, double> report, List<PathUse> uses, CancellationToken cancellation,
        Func<IReadOnlyList<StagedSet>, Problem?>? judge = null)
    {
        report("decode", 0);
        if (!(await stager.StageAsync(f => report("decode", f), cancellation).ConfigureAwait(false)).Try(out var sets, out var problem)) return problem;

        var torn = vault.Torn(batch.Number);
        using var writer = vault.Write(batch.Number);
        var identities = new IdentityPass(resolver, vault, writer, batch);
        report("identify", 0);
        foreach (var set in sets) identities.Learn(set, cancellation);

        report("check", 0);
        long rows;
        using (var scanned = new CancellationTokenSource())
        {
            var writing = resolver.WriteNewAsync(writer, scanned.Token);
            var watching = WatchAsync(report, scanned.Token);
            try
            {
                rows = batch.OverStaged(() => sets.Sum(s => Append(s, cancellation)));
            }
            finally
            {
                await scanned.CancelAsync().ConfigureAwait(false);
                await writing.ConfigureAwait(false);
                await watching.ConfigureAwait(false);
            }
        }

        foreach (var refused in stager.Refused().Chunk(Stager.RefusedAtOnce)) batch.Quarantine(refused);

        report("settle", 0);
        foreach (var shape in sets.Select(s => s.Shape).DistinctBy(s => s.DataSet.Id)) batch.Settle(shape, cancellation);
        if (await stager.FinishAsync(rows).ConfigureAwait(false) is { } incomplete) return incomplete;
        foreach (var set in sets) identities.Merge(set, batch.Now);
        identities.Repoint(torn);
        if (request.Report) uses.AddRange(stager.Report());
        if (judge?.Invoke(sets) is { } judged) return judged;
        if (request.DryRun) return (BatchEntry[])[batch.Preview()];

        // The bytes first, then the vault: a crash in between leaves a subject without rows, never a row without its subject; rows that were to move are moved by the next batch.
        report("commit", 0);
        await keep().ConfigureAwait(false);
        request.WithCommit?.Invoke(batch);
        resolver.WriteNew(writer);
        writer.Commit();
        return (BatchEntry[])[.. batch.CommitAll()];
    }

    /// <summary>Says how far a long scan is.</summary>
    private async Task WatchAsync(Action<string, double> report, CancellationToken scanned)
    {
        using var timer = new PeriodicTimer(s_watching);
        try
        {
            while (await timer.WaitForNextTickAsync(scanned).ConfigureAwait(false)) report("check", batch.Progress);
        }
        catch (OperationCanceledException)
        {
            // The scan is over.
        }
    }

    private long Append(StagedSet set, CancellationToken cancellation)
    {
        var sql = CheckingSql.Build(set.Shape, set.Rows);
        foreach (var (name, create) in Sets.Types) batch.MakeType(name, create, cancellation);
        var rows = batch.Append(set.Shape, CheckingSql.Columns(set.Shape, set.Rows), sql, cancellation);
        return set.Numbers is { } staged && staged.Count != rows
            ? throw new InvalidOperationException($"{set.Shape.DataSet.Id}: {staged.Count} rows were staged and {rows} checked.")
            : rows;
    }
}
