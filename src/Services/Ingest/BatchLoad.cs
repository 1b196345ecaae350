using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Identity;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>The steps of one batch, or of several files' that are committed together, in order: decode, identify, check, settle, commit.</summary>
internal sealed class BatchLoad(
    Registry registry, IReadOnlyDictionary<string, TableShape> shapes, DuckDbBatch batch, SubjectResolver resolver, Vault vault, string temporaryFolder)
{
    private static readonly TimeSpan s_betweenWrites = TimeSpan.FromMilliseconds(5);
    private readonly CodeSets _sets = new(registry);
    private readonly CodeMapSql _codes = new(registry, batch.Connection);
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);

    /// <param name="files">Of one mapping, one a batch; several only of formats that are staged together.</param>
    public async Task<Result<IReadOnlyList<BatchEntry>>> RunAsync(
        IReadOnlyList<LandedSource> files, IngestRequest request, Action<string, double> report, List<PathUse> uses, CancellationToken cancellation)
    {
        using var stager = Stager(files, request);
        try
        {
            return await RunAsync(stager, files, request, report, uses, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (stager.Explain(e) is { } unreadable)
        {
            return unreadable with { Where = new(files[0].File.Path) };
        }
    }

    private async Task<Result<IReadOnlyList<BatchEntry>>> RunAsync(
        Stager stager, IReadOnlyList<LandedSource> files, IngestRequest request, Action<string, double> report, List<PathUse> uses, CancellationToken cancellation)
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

        for (var i = 0; i < files.Count; i++) batch.Quarantine(batch.Number + i, stager.Refused(i));

        report("settle", 0);
        foreach (var shape in sets.Select(s => s.Shape).DistinctBy(s => s.DataSet.Id)) batch.Settle(shape, cancellation);
        if (await stager.FinishAsync(rows).ConfigureAwait(false) is { } incomplete) return incomplete;
        identities.Repoint(torn);
        if (request.Report) uses.AddRange(stager.Report());
        if (request.DryRun) return batch.Preview().ToList();

        // The bytes first, then the vault: a crash in between leaves a subject without rows, never a row without its subject; rows that were to move are moved by the next batch.
        report("commit", 0);
        await Task.WhenAll(files.Select(f => Task.Run(f.Landed.KeepAsync, CancellationToken.None))).ConfigureAwait(false);
        request.WithCommit?.Invoke(batch);
        resolver.WriteNew(writer);
        writer.Commit();
        return batch.CommitAll().ToList();
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

    private Stager Stager(IReadOnlyList<LandedSource> files, IngestRequest request)
    {
        var (file, landed) = files[0];
        var mapping = file.Mapping;
        var organisation = request.Organisation ?? mapping.Organisation;
        var rules = mapping.Rules
            .Where(r => !mapping.HasColumns || SourceFinder.Matches(r, file.Name))
            .Select(r => new MappedRule(mapping, r, shapes[r.DataSet], files.Count == 1 ? landed.Object : null))
            .ToList();
        return mapping.Format switch
        {
            "csv" => new CsvStager(file, landed.Path, rules, batch, _codes, _sets, organisation, temporaryFolder),
            "parquet" => new ParquetStager(file, landed.Path, rules, batch, _codes, _sets, organisation),
            "xlsx" or "fixed" or "dbf" => new TableStager(file, landed.Path, rules, batch, _codes, _sets, organisation),
            _ => new DecodedStager(files, rules, batch, _codes, _sets, organisation),
        };
    }
}
