using System.Security.Claims;
using Yunnao.Kernel;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Callers;

namespace Yunnao.Services.Exports;

/// <summary>Standing orders: asked for, decided once, and carried out by their times as exports. Every step is in the audit.</summary>
public sealed class StandingDesk(StandingStore store, ExportStore exports, ExportDesk desk, AuditLog audit, TimeProvider time)
{
    private const int MostDays = 731;

    private static Problem Unknown { get; } = new(ProblemKind.NotFound, "export.unknown", "There is no standing order of this id, or it is another's.");

    private static Problem Meanwhile { get; } = new(ProblemKind.Conflict, "export.decided", "The standing order was changed meanwhile; look at it again.");

    /// <summary>Takes a request; the local administrator's own runs at once. Problems: those of an export, <c>export.times</c>, <c>export.order</c>.</summary>
    /// <param name="until">Null for a year from now.</param>
    /// <param name="days">How many days the files of a run are kept.</param>
    public async Task<Result<StandingOrder>> RequestAsync(ClaimsPrincipal who, ExportOrder order, string times, DateTimeOffset? until, int days, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        var now = time.GetUtcNow();
        var end = until ?? now.AddDays(365);
        if (end <= now || end > now.AddDays(MostDays)) return Wrong("until", "A standing order ends within two years.");
        if (order.Since is not null) return Wrong("since", "Each run begins after the one before by itself.");
        if (!StandingOrder.NextOf(times, now, time.LocalTimeZone).Try(out var next, out var problem)) return problem;
        if (!(await desk.SoundAsync(who, order, cancellation).ConfigureAwait(false)).Try(out var sound, out problem)) return problem;
        var local = CallerId.IsLocal(who);
        var standing = new StandingOrder(ExportDesk.NewId(now), CallerId.Of(who), await desk.EpochAsync(who, cancellation).ConfigureAwait(false), sound, times, local ? StandingState.Running : StandingState.Requested, now, days, end)
        {
            Caller = local ? null : Caller.Of(who).Value, Next = local ? next : null, DecidedBy = local ? CallerId.Of(who) : null,
        };
        await store.AddAsync(standing, cancellation).ConfigureAwait(false);
        await NoteAsync(standing, standing.Who, "standing-request").ConfigureAwait(false);
        return standing;
    }

    /// <summary>The caller's own, or all.</summary>
    public Task<List<StandingOrder>> AllAsync(ClaimsPrincipal caller, bool all, CancellationToken cancellation) => store.AllAsync(all ? null : CallerId.Of(caller), cancellation);

    /// <summary>One. Problem: <c>export.unknown</c>.</summary>
    public async Task<Result<StandingOrder>> FindAsync(string id, ClaimsPrincipal caller, bool all, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation).ConfigureAwait(false) is { } found && (all || found.Who == CallerId.Of(caller)) ? found : Unknown;

    /// <summary>Approves a request. Problems: <c>export.unknown</c>, <c>export.decided</c>, <c>export.own</c>.</summary>
    public Task<Result<StandingOrder>> ApproveAsync(string id, ClaimsPrincipal officer, int? days, bool? mark, DateTimeOffset? until, CancellationToken cancellation) => DecideAsync(
        id, officer, "standing-approve", (order, by) => Due(order with
        {
            State = StandingState.Running, DecidedBy = by, Days = days ?? order.Days, Until = until ?? order.Until, Order = order.Order with { Marked = mark ?? order.Order.Marked },
        }), cancellation);

    /// <summary>Refuses a request. Problems as at an approval.</summary>
    public Task<Result<StandingOrder>> RefuseAsync(string id, ClaimsPrincipal officer, string? reason, CancellationToken cancellation) =>
        DecideAsync(id, officer, "standing-refuse", (order, by) => order with { State = StandingState.Refused, DecidedBy = by, Reason = reason }, cancellation);

    /// <summary>No further run until it is resumed. Problems: <c>export.unknown</c>, <c>export.decided</c>.</summary>
    public Task<Result<StandingOrder>> PauseAsync(string id, ClaimsPrincipal caller, bool all, CancellationToken cancellation) =>
        TurnAsync(id, caller, all, "standing-pause", StandingState.Running, order => order with { State = StandingState.Paused, Next = null, Reason = null }, cancellation);

    /// <summary>Goes on with the next of its times; what came meanwhile is in that run. Problems: <c>export.unknown</c>, <c>export.decided</c>, <c>export.rights-changed</c>.</summary>
    public async Task<Result<StandingOrder>> ResumeAsync(string id, ClaimsPrincipal caller, bool all, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation).ConfigureAwait(false) is { } order && await RightsChangedAsync(order, cancellation).ConfigureAwait(false)) return ExportDesk.RightsChanged;
        return await TurnAsync(id, caller, all, "standing-resume", StandingState.Paused, o => Due(o with { State = StandingState.Running, Reason = null }), cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes it; what its runs made stays until its time. Problem: <c>export.unknown</c>.</summary>
    public async Task<Problem?> RemoveAsync(string id, ClaimsPrincipal caller, bool all, CancellationToken cancellation)
    {
        if (!(await FindAsync(id, caller, all, cancellation).ConfigureAwait(false)).Try(out var order, out var problem)) return problem;
        await store.RemoveAsync(id, cancellation).ConfigureAwait(false);
        await NoteAsync(order, CallerId.Of(caller), "standing-remove").ConfigureAwait(false);
        return null;
    }

    /// <summary>
    /// Queues what is due. A run that is due while the one before is still being made waits for it; times that passed while the server was not there are
    /// one run. The export of a run has one id, so a crash between its queueing and the next time does not double it.
    /// </summary>
    public async Task RunDueAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        foreach (var order in await store.AllAsync(null, cancellation).ConfigureAwait(false))
        {
            if (order.State != StandingState.Running || order.Next > now) continue;
            if (order.Until <= now)
            {
                await store.ChangeAsync(order, order with { State = StandingState.Ended, Next = null }, cancellation).ConfigureAwait(false);
                continue;
            }

            if (await RightsChangedAsync(order, cancellation).ConfigureAwait(false))
            {
                await store.ChangeAsync(order, order with { State = StandingState.Paused, Next = null, Reason = ExportDesk.RightsChanged.Code }, cancellation).ConfigureAwait(false);
                continue;
            }

            var last = order.LastRun is { } id ? await exports.FindAsync(id, cancellation).ConfigureAwait(false) : null;
            if (last is { State: ExportState.Approved } && last.Id != order.RunId) continue;
            var mark = last?.Manifest?.Mark ?? order.Mark;
            var run = await desk.TakeApprovedAsync(new(
                order.RunId, order.Who, order.Caller, order.RightsEpoch, order.Order with { Since = order.Order.Target is null ? mark : null }, ExportState.Approved, now, order.DecidedBy, null, null, now.AddDays(order.Days), null)).ConfigureAwait(false);
            await store.ChangeAsync(order, Due(order with { LastRun = run.Id, Mark = mark }), cancellation).ConfigureAwait(false);
        }
    }

    private StandingOrder Due(StandingOrder order) => order with { Next = StandingOrder.NextOf(order.Times, time.GetUtcNow(), time.LocalTimeZone).Value };

    private async Task<bool> RightsChangedAsync(StandingOrder order, CancellationToken cancellation) =>
        order.Caller is { } caller && await exports.RightsEpochAsync(caller.Id, cancellation).ConfigureAwait(false) != order.RightsEpoch;

    private async Task<Result<StandingOrder>> DecideAsync(string id, ClaimsPrincipal officer, string step, Func<StandingOrder, string, StandingOrder> decide, CancellationToken cancellation)
    {
        var by = CallerId.Of(officer);
        if (await store.FindAsync(id, cancellation).ConfigureAwait(false) is { Caller: not null } order && order.Who == by) return new Problem(ProblemKind.Forbidden, "export.own", "Nobody decides over the own request.");
        return await TurnAsync(id, officer, all: true, step, StandingState.Requested, o => decide(o, by), cancellation).ConfigureAwait(false);
    }

    private async Task<Result<StandingOrder>> TurnAsync(
        string id, ClaimsPrincipal caller, bool all, string step, StandingState from, Func<StandingOrder, StandingOrder> turn, CancellationToken cancellation)
    {
        if (!(await FindAsync(id, caller, all, cancellation).ConfigureAwait(false)).Try(out var order, out var problem)) return problem;
        if (order.State != from) return new Problem(ProblemKind.Conflict, "export.decided", $"The standing order is {order.State.ToString().ToLowerInvariant()}.");
        var turned = turn(order);
        if (!await store.ChangeAsync(order, turned, cancellation).ConfigureAwait(false)) return Meanwhile;
        await NoteAsync(turned, CallerId.Of(caller), step).ConfigureAwait(false);
        return turned;
    }

    private Task NoteAsync(StandingOrder order, string who, string step) => audit.AppendAsync(
        new(AuditKind.Export, who) { Purpose = order.Order.Purpose, What = order.Id, Details = new Dictionary<string, string> { ["step"] = step, ["times"] = order.Times, ["data_sets"] = string.Join(' ', order.Order.DataSets), ["recipient"] = order.Who } },
        CancellationToken.None);

    private static Problem Wrong(string path, Sentence message) => new(ProblemKind.Incorrect, "export.order", message, new(Path: path));
}
