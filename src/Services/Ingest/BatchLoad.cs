using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Objects;
using Yunnao.Services.Identity;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>The steps of one batch, in order: decode, identify, check, settle, commit.</summary>
internal sealed class BatchLoad(
    Registry registry, IReadOnlyDictionary<string, TableShape> shapes, DuckDbBatch batch, SubjectResolver resolver, Vault vault, string temporaryFolder)
{
    private static readonly TimeSpan s_betweenWrites = TimeSpan.FromMilliseconds(5);
    private readonly CodeSets _sets = new(registry);
    private readonly CodeMapSql _codes = new(registry, batch.Connection);
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);

    public async Task<Result<BatchEntry>> RunAsync(
        SourceFile file, ReceivedObject landed, IngestRequest request, Action<string, double> report, List<PathUse> uses, CancellationToken cancellation)
    {
        using var stager = Stagers.Of(
            file, landed.Path, landed.Object, request.Organisation ?? file.Mapping.Organisation, shapes, batch, _codes, _sets, temporaryFolder);
        try
        {
            return await RunAsync(stager, landed, request, report, uses, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (stager.Explain(e) is { } unreadable)
        {
            return unreadable with { Where = new(file.Path) };
        }
    }

    private async Task<Result<BatchEntry>> RunAsync(
        Stager stager, ReceivedObject landed, IngestRequest request, Action<string, double> report, List<PathUse> uses, CancellationToken cancellation)
    {
        report("decode", 0);
        if (!(await stager.StageAsync(f => report("decode", f), cancellation).ConfigureAwait(false)).Try(out var sets, out var problem)) return problem;

        var torn = vault.Torn(batch.Number);
        using var writer = vault.Write(batch.Number);
        var identities = new IdentityPass(resolver, writer, batch);
        report("identify", 0);
        foreach (var set in sets) identities.Learn(set, cancellation);

        report("check", 0);
        long rows = 0;
        using (var scanned = new CancellationTokenSource())
        {
            var writing = Task.Run(() => WriteNewAsync(writer, scanned.Token), CancellationToken.None);
            try
            {
                foreach (var set in sets) rows += Append(set, cancellation);
            }
            finally
            {
                await scanned.CancelAsync().ConfigureAwait(false);
                await writing.ConfigureAwait(false);
            }
        }

        batch.Quarantine(stager.Refused());

        report("settle", 0);
        foreach (var shape in sets.Select(s => s.Shape).DistinctBy(s => s.DataSet.Id)) batch.Settle(shape, cancellation);
        if (await stager.FinishAsync(rows).ConfigureAwait(false) is { } incomplete) return incomplete;
        identities.Repoint(torn);
        if (request.Report) uses.AddRange(stager.Report());
        if (request.DryRun) return batch.Preview();

        // The bytes first, then the vault: a crash in between leaves a subject without rows, never a row without its subject; rows that were to move are moved by the next batch.
        report("commit", 0);
        await landed.KeepAsync().ConfigureAwait(false);
        request.WithCommit?.Invoke(batch);
        resolver.WriteNew(writer);
        writer.Commit();
        return batch.Commit();
    }

    /// <summary>Brings the persons that the scan meets into the vault's transaction while it goes on.</summary>
    private async Task WriteNewAsync(VaultWriter writer, CancellationToken scanned)
    {
        while (!scanned.IsCancellationRequested)
        {
            if (!resolver.WriteNew(writer)) await Task.Delay(s_betweenWrites, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private long Append(StagedSet set, CancellationToken cancellation)
    {
        var sql = CheckingSql.Build(set.Shape, set.Rows);
        foreach (var (name, create) in _sets.Types)
            if (_types.Add(name)) batch.Connection.Run(create, [], cancellation);
        return batch.Append(set.Shape, CheckingSql.Columns(set.Shape, set.Rows), sql, cancellation);
    }
}
