using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// Carries an order out, into a database: of each data set what changed since the database was last written, or all of it. The database itself
/// says where that was, in the transaction of the rows; so the same order again goes on, whatever ended the one before.
/// </summary>
/// <param name="marks">The watermarks of recipients; null where nobody is marked.</param>
public sealed class TargetRun(AuditedLake lake, Registry registry, IReadOnlyList<TableShape> shapes, TargetBook book, TimeProvider time, ExportMarks? marks = null)
{
    private const int ReportEvery = 50_000;

    /// <summary>
    /// Runs to the end. The data sets that are done when a problem ends it stay written. Problems: those of a query, <c>export.no-key</c>,
    /// <c>export.full-needed</c>, <c>target.*</c>, <c>feed.secret</c>.
    /// </summary>
    /// <param name="report">Told the data set, with its rows so far, and the part of all data sets that is done.</param>
    public async Task<Result<ExportManifest>> RunAsync(Scope scope, ExportOrder order, Action<string, double> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(report);
        if (!book.Find(order.Target ?? "").Try(out var target, out var problem)) return problem;
        if (!(await TargetConnections.OpenAsync(book, target, cancellation).ConfigureAwait(false)).Try(out var database, out problem)) return problem;
        await using (database.ConfigureAwait(false))
        {
            var mark = await lake.MarkAsync(cancellation).ConfigureAwait(false);
            var (sets, parts) = (order.DataSets.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList(), new List<ExportManifest.Part>());
            for (var i = 0; i < sets.Count; i++)
            {
                var (id, done) = (sets[i], (double)i / sets.Count);
                report(id, done);
                if (!(await GuardedAsync(database, scope, order, id, mark, r => report($"{id} {r}", done), cancellation).ConfigureAwait(false)).Try(out var part, out problem)) return problem;
                parts.Add(part);
            }

            return new ExportManifest(registry.Fingerprint, scope.Who, time.GetUtcNow(), order, mark, parts, []);
        }
    }

    /// <summary>Connects to a target and leaves again. Null when it answers; problems: <c>target.*</c>, <c>feed.secret</c>, <c>keys.*</c>.</summary>
    public static async Task<Problem?> CheckAsync(TargetBook book, string target, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(book);
        if (!book.Find(target).Try(out var found, out var problem)) return problem;
        if (!(await TargetConnections.OpenAsync(book, found, cancellation).ConfigureAwait(false)).Try(out var database, out problem)) return problem;
        await using (database.ConfigureAwait(false))
        {
            try
            {
                problem = (await database.BeginAsync("yunnao_check", cancellation).ConfigureAwait(false)).Problem;
                await database.AbandonAsync().ConfigureAwait(false);
                return problem;
            }
            catch (Exception e) when (database.Explain(e) is { } explained)
            {
                return explained;
            }
        }
    }

    private async Task<Result<ExportManifest.Part>> GuardedAsync(
        TargetDatabase database, Scope scope, ExportOrder order, string id, LakeMark mark, Action<long> report, CancellationToken cancellation)
    {
        try
        {
            var written = await WriteAsync(database, scope, order, id, mark, report, cancellation).ConfigureAwait(false);
            if (!written.Ok) await database.AbandonAsync().ConfigureAwait(false);
            return written;
        }
        catch (QueryFailedException e)
        {
            await database.AbandonAsync().ConfigureAwait(false);
            return e.Problem;
        }
        catch (Exception e) when (e is not OperationCanceledException && database.Explain(e) is { } problem)
        {
            await database.AbandonAsync().ConfigureAwait(false);
            return problem.Where is { File.Length: > 0 } ? problem : problem with { Where = new(TargetTable.NameOf(id)) };
        }
    }

    private async Task<Result<ExportManifest.Part>> WriteAsync(
        TargetDatabase database, Scope scope, ExportOrder order, string id, LakeMark mark, Action<long> report, CancellationToken cancellation)
    {
        if (!(await database.BeginAsync(TargetTable.NameOf(id), cancellation).ConfigureAwait(false)).Try(out var before, out var problem)) return problem;
        var replace = before is null || order.Full;
        if (!ExportQuery.Of(order, id, shapes, scope, replace ? null : before!.Mark, mark, marks).Try(out var query, out problem)) return problem;
        if (query.Columns.All(c => c.Name != SystemColumns.Record)) return ExportQuery.NoKey(scope, id);
        var (set, digest) = (query.Shape.DataSet, TargetMark.DigestOf(order, scope, id));
        if (!replace && Refuse(before!, digest, query, mark) is { } refused) return refused;
        if (!(await lake.RunAsync(scope, query.Query, cancellation).ConfigureAwait(false)).Try(out var answer, out problem)) return problem;
        await using (answer.ConfigureAwait(false))
        {
            var table = TargetTable.Of(query.Shape, answer.Schema);
            if (await database.PrepareAsync(table, before is not null, cancellation).ConfigureAwait(false) is { } shape) return shape;
            var told = 0L;
            var rows = new AnswerRows(answer, n =>
            {
                if (n - told < ReportEvery) return;
                report(told = n);
            });
            var sequence = database.Number(Math.Max((before?.Sequence ?? 0) + 1, time.GetUtcNow().ToUnixTimeMilliseconds()), mark, replace);
            if (await database.WriteAsync(table, replace, sequence, rows, cancellation).ConfigureAwait(false) is { } failed) return failed;
            if (!replace && database.NeedsWhole)
            {
                await database.AbandonAsync().ConfigureAwait(false);
                return await WriteAsync(database, scope, order with { Full = true }, id, mark, report, cancellation).ConfigureAwait(false);
            }

            var after = new TargetMark(table.Name, id, set.Version, digest, TargetMark.TextOf(query.Actions), mark, sequence, rows.Count, registry.Fingerprint, time.GetUtcNow());
            await database.CommitAsync(after, cancellation).ConfigureAwait(false);
            return new ExportManifest.Part(id, set.Version, rows.Count, query.Actions) { Quarantined = database.Quarantined };
        }
    }

    private static Problem? Refuse(TargetMark before, string digest, ExportQuery query, LakeMark mark)
    {
        Sentence? why = before.Order != digest ? (Sentence)"it holds an export of another recipient, purpose, time or set of organisations"
            : before.Mark.IsAfter(mark) ? (Sentence)"it is further than this lake, which is another one or was restored from a backup"
            : before.IsShownOtherwise(query.Actions, query.Shape.DataSet.Version) ? (Sentence)"the policy shows its columns in another way now"
            : null;
        return why is null
            ? null
            : new(ProblemKind.Conflict, "export.full-needed", $"The database cannot be given the changes alone: {why}. Replace all of the table (full), or name another target.", new(before.Table));
    }
}
