using System.Data.Common;
using Apache.Arrow;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Services.Exports;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Rights;

namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>
/// Looks once a second whether the lake has moved on, makes deliveries of what matches, and sends those that are due. A delivery is written
/// before it is sent and marked after it was taken: a process that is killed sends it again under its id, and loses none.
/// </summary>
/// <param name="url">The public address of the platform.</param>
public sealed partial class SubscriptionCare(
    SubscriptionStore store, SubscriptionDesk desk, ExportStore rights, ScopeMaker scopes, AuditedLake lake, IReadOnlyList<TableShape> shapes, DataOptions options, AuditLog audit, TimeProvider time,
    ILogger<SubscriptionCare> log, Uri url) : BackgroundService
{
    private const int MostAtOnce = 100;
    private const string RightsChanged = "subscription.rights-changed";
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1), s_longestPause = TimeSpan.FromHours(1), s_kept = TimeSpan.FromDays(30), s_forgetEvery = TimeSpan.FromHours(1);

    private readonly WebhookSender _sender = new(new(options.Webhooks), options.Webhooks, time);
    private LakeMark? _looked;
    private DateTimeOffset _forgotten;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _sender.Dispose();
        base.Dispose();
    }

    /// <summary>Looks once, and sends what is due.</summary>
    public async Task RunOnceAsync(CancellationToken cancellation)
    {
        var subscriptions = await store.ListAsync(null, cancellation).ConfigureAwait(false);
        if (subscriptions.Count == 0) return;
        var mark = await lake.MarkAsync(cancellation).ConfigureAwait(false);
        if (mark != _looked || subscriptions.Exists(s => s.State == SubscriptionState.Active && s.Mark != mark))
        {
            foreach (var s in subscriptions) if (s.State == SubscriptionState.Active && s.Mark != mark) await LookAsync(s, mark, cancellation).ConfigureAwait(false);
            _looked = mark;
        }

        var byId = subscriptions.ToDictionary(s => s.Id);
        var due = await store.DueAsync(time.GetUtcNow(), MostAtOnce, cancellation).ConfigureAwait(false);

        // A receiver that does not answer keeps nobody else waiting; one receiver gets its deliveries one after the other.
        await Task.WhenAll(due.Where(d => byId.ContainsKey(d.Subscription)).GroupBy(d => d.Subscription).Select(g => SendAsync(byId[g.Key], [.. g], cancellation))).ConfigureAwait(false);
        if (time.GetUtcNow() - _forgotten < s_forgetEvery) return;
        _forgotten = time.GetUtcNow();
        await store.ForgetAsync(_forgotten - s_kept, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is DbException or IOException)
            {
                Unreachable(e.GetType().Name);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception bug)
            {
                // A defect here must not end the platform; the message may hold a value of a record, type and stack do not.
                Broken(bug.GetType().FullName, bug.StackTrace);
            }

            await Task.Delay(s_every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(Subscription s, LakeMark mark, CancellationToken cancellation)
    {
        if (!(await CountAsync(s, mark, cancellation).ConfigureAwait(false)).Try(out var rows, out var problem))
        {
            // What is away comes back; what is refused stays so until its subscriber does something.
            if (problem.Kind is ProblemKind.Busy or ProblemKind.Unavailable or ProblemKind.Interrupted) return;
            await SuspendAsync(s, problem.Code, cancellation).ConfigureAwait(false);
            return;
        }

        var now = time.GetUtcNow();
        var delivery = rows == 0 ? null : new Delivery(SubscriptionDesk.NewId(now), s.Id, s.Mark, mark, rows, DeliveryState.Waiting, 0, now, null, now);
        await store.AdvanceAsync(s, mark, delivery, cancellation).ConfigureAwait(false);
    }

    /// <summary>Lets a subscription rest, unless it does already or was resumed with other rights meanwhile.</summary>
    private async Task SuspendAsync(Subscription s, string code, CancellationToken cancellation)
    {
        if (await store.FindAsync(s.Id, cancellation).ConfigureAwait(false) is not { State: SubscriptionState.Active } now || now.RightsEpoch != s.RightsEpoch) return;
        Suspended(s.Id, code);
        await store.PutStateAsync(now with { State = SubscriptionState.Suspended, Reason = code }, cancellation).ConfigureAwait(false);
        await SubscriptionDesk.NoteAsync(audit, s, s.Caller.Id, $"suspend {code}").ConfigureAwait(false);
    }

    /// <summary>Matching records between the subscription's mark and another, by the rights that hold now.</summary>
    private async Task<Result<long>> CountAsync(Subscription s, LakeMark mark, CancellationToken cancellation)
    {
        if (await rights.RightsEpochAsync(s.Caller.Id, cancellation).ConfigureAwait(false) != s.RightsEpoch)
            return new Problem(ProblemKind.Forbidden, RightsChanged, "The subscriber's rights were changed; it resumes the subscription with those that it has now.");
        if (!(await scopes.MakeAsync(new(s.Caller, new(s.Order.Purpose), [s.Order.DataSet]), cancellation).ConfigureAwait(false)).Try(out var scope, out var problem)) return problem;
        if (shapes.FirstOrDefault(t => t.DataSet.Id == s.Order.DataSet) is not { } shape) return new Problem(ProblemKind.NotFound, "query.data-set", "The data set is not in the registry any more.");
        if (!ScopedTable.Of(shape, scope).Try(out var table, out problem) || !QuestionQuery.Of(s.Order.Question, table).Try(out var query, out problem)) return problem;
        query = query with { Outputs = [new(table.Columns[0].Name)], Order = [], Limit = null, Keyed = false, Changes = new(s.Mark, mark) };
        if (!(await lake.RunAsync(scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out problem)) return problem;
        await using (rows.ConfigureAwait(false))
        {
            try
            {
                var count = 0L;
                await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
                    using (batch) count += Present((BooleanArray)batch.Column(batch.ColumnCount - 1));
                return count;
            }
            catch (QueryFailedException e)
            {
                return e.Problem;
            }
        }
    }

    private static long Present(BooleanArray deleted)
    {
        var present = 0L;
        for (var i = 0; i < deleted.Length; i++) if (deleted.GetValue(i) != true) present++;
        return present;
    }

    private async Task SendAsync(Subscription s, IReadOnlyList<Delivery> due, CancellationToken cancellation)
    {
        if (s.State != SubscriptionState.Active) return;

        // Nothing goes to somebody whose rights were taken back, and the state says so.
        var code = await rights.RightsEpochAsync(s.Caller.Id, cancellation).ConfigureAwait(false) == s.RightsEpoch ? null : RightsChanged;
        if (!desk.Secret(s).Try(out var secret, out var problem) || code is not null)
        {
            code ??= problem!.Code;
            await SuspendAsync(s, code, cancellation).ConfigureAwait(false);
            return;
        }

        foreach (var delivery in due)
        {
            var failure = await _sender.SendAsync(s, secret, delivery, new Uri(url, $"api/v1/subscriptions/{s.Id}/deliveries/{delivery.Id}/rows"), cancellation).ConfigureAwait(false);
            var attempts = delivery.Attempts + 1;
            var state = failure is null ? DeliveryState.Delivered : attempts >= options.Webhooks.MostAttempts ? DeliveryState.Dead : DeliveryState.Waiting;
            var pause = TimeSpan.FromSeconds(Math.Min(s_longestPause.TotalSeconds, options.Webhooks.FirstRetrySeconds * Math.Pow(2, attempts - 1)));
            await store.PutDeliveryAsync(delivery with { State = state, Attempts = attempts, Due = time.GetUtcNow() + pause, Failure = failure }, CancellationToken.None).ConfigureAwait(false);
            if (failure is not null) Failed(s.Id, delivery.Id, attempts, failure);
            if (state == DeliveryState.Dead) await SubscriptionDesk.NoteAsync(audit, s, s.Caller.Id, $"dead {delivery.Id}").ConfigureAwait(false);

            // Those behind it fail in the same way and wait for their own next time.
            if (failure is not null) return;
        }
    }

    [LoggerMessage(2301, LogLevel.Warning, "Subscription {Id} is suspended: {Code}")]
    private partial void Suspended(string id, string code);

    [LoggerMessage(2302, LogLevel.Information, "Delivery {Delivery} of subscription {Id} was not taken, attempt {Attempt}: {Failure}")]
    private partial void Failed(string id, string delivery, int attempt, string failure);

    [LoggerMessage(2303, LogLevel.Warning, "Subscriptions cannot be looked at ({Type}); trying again")]
    private partial void Unreachable(string type);

    [LoggerMessage(2304, LogLevel.Error, "Subscriptions met a defect: {Type} {Stack}")]
    private partial void Broken(string? type, string? stack);
}
