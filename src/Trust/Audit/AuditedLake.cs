using System.Runtime.CompilerServices;
using Apache.Arrow;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Trust.Audit;

/// <summary>
/// The way to the lake for everybody who answers others: each read, its rows and each refusal is an event. An answer of one batch is one event,
/// on the disk before the first row is given. A longer one is an event without a count before the first row, and one with the count at its end.
/// </summary>
public sealed class AuditedLake(ILakeEngine engine, AuditLog audit)
{
    /// <summary>Answers a query tree; see <see cref="ILakeEngine.RunAsync"/>.</summary>
    public async Task<Result<RowStream>> RunAsync(Scope scope, Query query, CancellationToken cancellation) =>
        await AuditedAsync(await engine.RunAsync(scope, query, cancellation).ConfigureAwait(false), scope, Event(scope, AuditKind.Read, query), cancellation).ConfigureAwait(false);

    /// <summary>How far the data sets have come; it tells of no record. See <see cref="ILakeEngine.Stand"/>.</summary>
    public LakeStand Stand => engine.Stand;

    /// <summary>
    /// Tells that rows which the lake gave, and would give again, are given under this Scope without asking it. Problem: <c>scope.revoked</c>, and then nothing may be given.
    /// </summary>
    public async Task<Problem?> AgainAsync(Scope scope, Query query, long rows, CancellationToken cancellation)
    {
        var audited = Event(scope, AuditKind.Read, query);
        var refused = scope.Revoked.IsCancellationRequested ? new Problem(ProblemKind.Forbidden, "scope.revoked", "The right to read this was taken back while it was read.") : null;
        await audit.AppendAsync(refused is null ? audited with { Rows = rows } : Refused(audited, refused), cancellation).ConfigureAwait(false);
        return refused;
    }

    /// <summary>
    /// Answers a query whose rows are given to nobody yet: they leave only after <see cref="TellAsync"/> or <see cref="AgainAsync"/> has told of them. A refusal is
    /// told in the same way.
    /// </summary>
    public Task<Result<RowStream>> AheadAsync(Scope scope, Query query, CancellationToken cancellation) => engine.RunAsync(scope, query, cancellation);

    /// <summary>Tells of all reads of one answer, in one flush of the audit, before the answer leaves.</summary>
    public Task TellAsync(Scope scope, IReadOnlyList<GatheredRead> reads) => Task.WhenAll(reads.Select(read =>
    {
        var audited = Event(scope, AuditKind.Read, read.Query);
        return audit.AppendAsync(read.Problem is { } problem ? Refused(audited, problem) : audited with { Rows = read.Rows }, CancellationToken.None);
    }));

    /// <summary>False when no row of a data set ever came; it tells of no record. See <see cref="ILakeEngine.MayHold"/>.</summary>
    public bool MayHold(string dataSet) => engine.MayHold(dataSet);

    /// <summary>
    /// The order in which rows are found soonest and which stays as it is while others write, for who asks for none; it tells of nothing that the Scope hides. A keyed query adds the key to it.
    /// </summary>
    /// <param name="continued">The values after which a further page begins, in the order of the page before; null for a first one.</param>
    public IReadOnlyList<Ordering> OrderOf(ScopedTable table, IReadOnlyCollection<string?>? continued)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Find(SystemColumns.Subject)?.Action != ItemAction.Clear) return [];
        return (continued is null ? engine.LiesByPersons(table.Shape.DataSet.Id) : continued.Count > 1) ? [new(SystemColumns.Subject)] : [];
    }

    /// <summary>How a record is read soonest; nothing of it is given to anybody. See <see cref="ILakeEngine.HasAtHand"/>.</summary>
    public bool HasAtHand(string dataSet, UInt128 record) => engine.HasAtHand(dataSet, record);

    /// <summary>The place that the lake has come to; it tells of no record. See <see cref="ILakeEngine.MarkAsync"/>.</summary>
    public Task<LakeMark> MarkAsync(CancellationToken cancellation) => engine.MarkAsync(cancellation);

    /// <summary>Answers a SELECT; see <see cref="ILakeEngine.RunSqlAsync"/>. The text is not kept, because it may hold values; its digest is.</summary>
    public async Task<Result<RowStream>> RunSqlAsync(Scope scope, string sql, CancellationToken cancellation) =>
        await AuditedAsync(await engine.RunSqlAsync(scope, sql, cancellation).ConfigureAwait(false), scope, Event(scope, sql), cancellation).ConfigureAwait(false);

    /// <summary>Writes the answer to a query tree into files; see <see cref="ILakeEngine.ExportAsync"/>.</summary>
    public async Task<Result<long>> ExportAsync(Scope scope, Query query, ExportTarget target, CancellationToken cancellation) =>
        await AuditedAsync(await engine.ExportAsync(scope, query, target, cancellation).ConfigureAwait(false), Event(scope, AuditKind.Export, query)).ConfigureAwait(false);

    /// <summary>Writes the answer to a SELECT into files; see <see cref="ILakeEngine.ExportSqlAsync"/>.</summary>
    public async Task<Result<long>> ExportSqlAsync(Scope scope, string sql, ExportTarget target, CancellationToken cancellation) =>
        await AuditedAsync(await engine.ExportSqlAsync(scope, sql, target, cancellation).ConfigureAwait(false), Event(scope, sql) with { Kind = AuditKind.Export }).ConfigureAwait(false);

    private async Task<Result<long>> AuditedAsync(Result<long> exported, AuditEvent audited)
    {
        await audit.AppendAsync(exported.Try(out var rows, out var problem) ? audited with { Rows = rows } : Refused(audited, problem), CancellationToken.None).ConfigureAwait(false);
        return exported;
    }

    private async Task<Result<RowStream>> AuditedAsync(Result<RowStream> answer, Scope scope, AuditEvent audited, CancellationToken cancellation)
    {
        if (!answer.Try(out var rows, out var problem))
        {
            await audit.AppendAsync(Refused(audited, problem), CancellationToken.None).ConfigureAwait(false);
            return problem;
        }

        var reader = rows.Batches.GetAsyncEnumerator(cancellation);
        RecordBatch? first = null, second = null;
        try
        {
            if (await reader.MoveNextAsync().ConfigureAwait(false)) first = reader.Current;
            if (first is not null && await reader.MoveNextAsync().ConfigureAwait(false)) second = reader.Current;
            await audit.AppendAsync(second is null ? audited with { Rows = first?.Length ?? 0 } : audited, CancellationToken.None).ConfigureAwait(false);
        }
        catch (QueryFailedException e)
        {
            await EndAsync().ConfigureAwait(false);
            await audit.AppendAsync(Refused(audited, e.Problem), CancellationToken.None).ConfigureAwait(false);
            return e.Problem;
        }
        catch
        {
            await EndAsync().ConfigureAwait(false);
            throw;
        }

        return new RowStream(rows.Schema, Rest(first, second, reader, audited, scope, CancellationToken.None), rows);

        async Task EndAsync()
        {
            first?.Dispose();
            second?.Dispose();
            await reader.DisposeAsync().ConfigureAwait(false);
            await rows.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<RecordBatch> Rest(
        RecordBatch? first, RecordBatch? second, IAsyncEnumerator<RecordBatch> reader, AuditEvent audited, Scope scope,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var (given, outcome) = (0L, "broken-off");
        try
        {
            if (first is not null)
            {
                given += first.Length;
                yield return first;
            }

            if (second is not null)
            {
                given += second.Length;
                yield return second;
                while (!cancellation.IsCancellationRequested && await reader.MoveNextAsync().ConfigureAwait(false))
                {
                    given += reader.Current.Length;
                    yield return reader.Current;
                }
            }

            cancellation.ThrowIfCancellationRequested();
            outcome = AuditEvent.Ok;
        }
        finally
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            if (scope.Revoked.IsCancellationRequested && outcome != AuditEvent.Ok) outcome = "scope.revoked";
            if (second is not null) await audit.AppendAsync(audited with { Rows = given, Outcome = outcome }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static AuditEvent Event(Scope scope, AuditKind kind, Query query) => new(kind, scope.Who)
    {
        Purpose = scope.Purpose, What = query.DataSet, Subject = scope.Subject,
        Details = query.Outputs.Count == 0 ? null : new Dictionary<string, string> { ["items"] = string.Join(' ', query.Outputs.Select(o => o.Title)) },
    };

    private static AuditEvent Event(Scope scope, string sql) => new(AuditKind.Read, scope.Who)
    {
        Purpose = scope.Purpose, What = "sql", Subject = scope.Subject,
        Details = new Dictionary<string, string> { ["digest"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(sql)).AsSpan(0, 8)) },
    };

    private static AuditEvent Refused(AuditEvent audited, Problem problem) => audited with { Kind = AuditKind.Refusal, Outcome = problem.Code };
}
