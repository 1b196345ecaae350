using Yunnao.Lake.Queries;
using Yunnao.Trust.Callers;

namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>A subscription as it is kept.</summary>
/// <param name="Caller">With whose rights it looks; those that it had when it subscribed or resumed, as long as <paramref name="RightsEpoch"/> is the same.</param>
/// <param name="Secret">The shared secret, sealed.</param>
/// <param name="Mark">Up to where the lake was looked at.</param>
/// <param name="Reason">Code of the problem that suspended it, or null.</param>
public sealed record Subscription(
    string Id, Caller Caller, long RightsEpoch, SubscriptionOrder Order, byte[] Secret, LakeMark Mark, SubscriptionState State, string? Reason, DateTimeOffset Created);
