using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Services.Exports;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>What subscribers do: subscribe, look, fetch, replay, resume, end. Every step but looking is in the audit.</summary>
public sealed class SubscriptionDesk(
    SubscriptionStore store, ExportStore rights, DataService data, CallerScopes scopes, DataOptions options, FileSeal seal, AuditLog audit, TimeProvider time)
{
    private const int SecretBytes = 32;

    private readonly WebhookGuard _guard = new(options.Webhooks);

    private static Problem Unknown { get; } = new(ProblemKind.NotFound, "subscription.unknown", "There is no subscription of this id, or it is another's.");

    /// <summary>
    /// Subscribes to what comes from now on. Problems: <c>subscription.owner</c>, <c>subscription.url</c>, <c>subscription.not-allowed</c>,
    /// <c>subscription.too-many</c>, <c>query.*</c>, <c>scope.*</c>, <c>data.value</c>.
    /// </summary>
    /// <returns>The subscription and its secret, which is shown this once.</returns>
    public async Task<Result<(Subscription Subscription, string Secret)>> SubscribeAsync(ClaimsPrincipal who, SubscriptionOrder order, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (!Owner(who).Try(out var caller, out var problem)) return problem;
        if (!_guard.Judge(order.Url ?? "").Try(out _, out problem)) return problem;
        if (!data.Find(order.DataSet ?? "").Try(out _, out problem) || (problem = await RefuseAsync(who, order, cancellation).ConfigureAwait(false)) is not null) return problem;
        if ((await store.ListAsync(caller.Id, cancellation).ConfigureAwait(false)).Count >= options.Webhooks.MostOfCaller)
            return new Problem(ProblemKind.Conflict, "subscription.too-many", $"One caller has {options.Webhooks.MostOfCaller} subscriptions at most; end one that is not needed.");
        var (id, secret) = (NewId(time.GetUtcNow()), RandomNumberGenerator.GetHexString(2 * SecretBytes, lowercase: true));
        var subscription = new Subscription(
            id, caller, await rights.RightsEpochAsync(caller.Id, cancellation).ConfigureAwait(false), order, Seal(id, secret),
            await scopes.Lake.MarkAsync(cancellation).ConfigureAwait(false), SubscriptionState.Active, null, time.GetUtcNow());
        await store.AddAsync(subscription, cancellation).ConfigureAwait(false);
        await NoteAsync(audit, subscription, caller.Id, "subscribe").ConfigureAwait(false);
        return (subscription, secret);
    }

    /// <summary>The caller's subscriptions; all for the local administrator.</summary>
    public Task<List<Subscription>> ListAsync(ClaimsPrincipal who, CancellationToken cancellation) => store.ListAsync(CallerId.IsLocal(who) ? null : CallerId.Of(who), cancellation);

    /// <summary>A subscription of the caller's own; any for the local administrator. Problem: <c>subscription.unknown</c>.</summary>
    public async Task<Result<Subscription>> FindAsync(string id, ClaimsPrincipal who, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation).ConfigureAwait(false) is { } found && (CallerId.IsLocal(who) || found.Caller.Id == CallerId.Of(who)) ? found : Unknown;

    /// <summary>The newest deliveries. Problem: <c>subscription.unknown</c>.</summary>
    public async Task<Result<List<Delivery>>> DeliveriesAsync(string id, ClaimsPrincipal who, int most, CancellationToken cancellation) =>
        (await FindAsync(id, who, cancellation).ConfigureAwait(false)).Try(out _, out var problem) ? await store.DeliveriesAsync(id, most, cancellation).ConfigureAwait(false) : problem;

    /// <summary>The code of a subscription that its subscriber paused.</summary>
    public const string Paused = "subscription.paused";

    /// <summary>The deliveries that were not taken, by subscription.</summary>
    internal Task<Dictionary<string, SubscriptionStore.Unsent>> UnsentAsync(CancellationToken cancellation) => store.UnsentAsync(cancellation);

    /// <summary>Lets it rest until it is resumed; what comes meanwhile is told then. Problem: <c>subscription.unknown</c>.</summary>
    public async Task<Result<Subscription>> PauseAsync(string id, ClaimsPrincipal who, CancellationToken cancellation)
    {
        if (!(await FindAsync(id, who, cancellation).ConfigureAwait(false)).Try(out var found, out var problem)) return problem;
        if (found.State == SubscriptionState.Suspended) return found;
        var paused = found with { State = SubscriptionState.Suspended, Reason = Paused };
        await store.PutStateAsync(paused, cancellation).ConfigureAwait(false);
        await NoteAsync(audit, paused, CallerId.Of(who), "pause").ConfigureAwait(false);
        return paused;
    }

    /// <summary>Goes on where it stood, with the rights that the subscriber has now. Problems: <c>subscription.unknown</c>, <c>subscription.owner</c>, <c>scope.*</c>.</summary>
    public async Task<Result<Subscription>> ResumeAsync(string id, ClaimsPrincipal who, CancellationToken cancellation)
    {
        if (!Owner(who).Try(out var caller, out var problem) || !(await FindAsync(id, who, cancellation).ConfigureAwait(false)).Try(out var found, out problem)) return problem;
        var epoch = await rights.RightsEpochAsync(caller.Id, cancellation).ConfigureAwait(false);
        if (await RefuseAsync(who, found.Order, cancellation).ConfigureAwait(false) is { } refused) return refused;
        var resumed = found with { Caller = caller, RightsEpoch = epoch, State = SubscriptionState.Active, Reason = null };
        await store.PutStateAsync(resumed, cancellation).ConfigureAwait(false);
        await NoteAsync(audit, resumed, caller.Id, "resume").ConfigureAwait(false);
        return resumed;
    }

    /// <summary>Ends it; what waits is not sent. Problem: <c>subscription.unknown</c>.</summary>
    public async Task<Problem?> EndAsync(string id, ClaimsPrincipal who, CancellationToken cancellation)
    {
        if (!(await FindAsync(id, who, cancellation).ConfigureAwait(false)).Try(out var found, out var problem)) return problem;
        await store.RemoveAsync(id, cancellation).ConfigureAwait(false);
        await NoteAsync(audit, found, CallerId.Of(who), "end").ConfigureAwait(false);
        return null;
    }

    /// <summary>Sends deliveries again, under their ids: one, or all that are dead. Problems: <c>subscription.unknown</c>, <c>subscription.delivery</c>.</summary>
    public async Task<Result<IReadOnlyList<Delivery>>> ReplayAsync(string id, string? delivery, ClaimsPrincipal who, CancellationToken cancellation)
    {
        if (!(await FindAsync(id, who, cancellation).ConfigureAwait(false)).Try(out var found, out var problem)) return problem;
        var wanted = delivery is null
            ? (await store.DeliveriesAsync(id, int.MaxValue, cancellation).ConfigureAwait(false)).Where(d => d.State == DeliveryState.Dead).ToList()
            : await store.FindDeliveryAsync(id, delivery, cancellation).ConfigureAwait(false) is { } one ? [one] : [];
        if (delivery is not null && wanted.Count == 0) return NoDelivery;
        var again = wanted.Select(d => d with { State = DeliveryState.Waiting, Attempts = 0, Due = time.GetUtcNow(), Failure = null }).ToArray();
        foreach (var each in again) await store.PutDeliveryAsync(each, cancellation).ConfigureAwait(false);
        await NoteAsync(audit, found, CallerId.Of(who), "replay").ConfigureAwait(false);
        return again;
    }

    /// <summary>
    /// A page of the records that a delivery tells of, as they are now and under the rights that the subscriber has now; those that are gone have
    /// <c>_deleted</c> true. Problems: <c>subscription.unknown</c>, <c>subscription.delivery</c>, and those of <see cref="DataService"/>.
    /// </summary>
    public async Task<Result<DataPage>> RowsAsync(string id, string delivery, ClaimsPrincipal who, int limit, string? after, CancellationToken cancellation)
    {
        if (!(await FindAsync(id, who, cancellation).ConfigureAwait(false)).Try(out var found, out var problem)) return problem;
        if (await store.FindDeliveryAsync(id, delivery, cancellation).ConfigureAwait(false) is not { } told) return NoDelivery;
        return await data.PageBetweenAsync(who, found.Order.Question with { Limit = limit, After = after }, new ChangeRange(told.After, told.UpTo), cancellation).ConfigureAwait(false);
    }

    /// <summary>The secret of a subscription. Problems: <c>keys.*</c>.</summary>
    internal Result<byte[]> Secret(Subscription s)
    {
        if (!seal.Open(new MemoryStream(s.Secret), s.Id).Try(out var clear, out var problem)) return problem;
        using (clear)
        {
            using var bytes = new MemoryStream();
            clear.CopyTo(bytes);
            return bytes.ToArray();
        }
    }

    internal static string NewId(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds():x12}{RandomNumberGenerator.GetHexString(14, lowercase: true)}");

    internal static Task NoteAsync(AuditLog audit, Subscription s, string who, string step) => audit.AppendAsync(
        new(AuditKind.Change, who) { Purpose = s.Order.Purpose, What = $"subscription {s.Id}", Details = new Dictionary<string, string> { ["step"] = step, ["data_set"] = s.Order.DataSet, ["subscriber"] = s.Caller.Id } },
        CancellationToken.None);

    private static Problem NoDelivery { get; } = new(ProblemKind.NotFound, "subscription.delivery", "The subscription has no delivery of this id, or it was taken long ago.");

    private static Result<Caller> Owner(ClaimsPrincipal who) => CallerId.IsLocal(who)
        ? new Problem(ProblemKind.Forbidden, "subscription.owner", "A subscription has the rights of an application or an account; sign in as one.")
        : Caller.Of(who);

    /// <summary>Judges what is asked for as the lake will, each time that it is looked at.</summary>
    private async Task<Problem?> RefuseAsync(ClaimsPrincipal who, SubscriptionOrder order, CancellationToken cancellation)
    {
        if (!(await data.MakeQueryAsync(who, order.Question, cancellation).ConfigureAwait(false)).Try(out var made, out var problem)) return problem;
        var changes = made.Query with { Order = [], Changes = new(LakeMark.Start, LakeMark.Start) };
        return ScopedQuery.Of(changes, _ => made.Table.Shape, made.Scope).Try(out _, out problem) ? null : problem;
    }

    private byte[] Seal(string id, string secret)
    {
        using var bytes = new MemoryStream();
        using (var sealing = seal.Seal(bytes, id)) sealing.Write(Encoding.ASCII.GetBytes(secret));
        return bytes.ToArray();
    }
}
