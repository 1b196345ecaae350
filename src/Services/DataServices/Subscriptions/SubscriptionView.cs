namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>A subscription as its subscriber sees it.</summary>
/// <param name="Waiting">Deliveries that are sent again later.</param>
/// <param name="Dead">Deliveries that were given up and wait to be replayed.</param>
/// <param name="Secret">Only in the answer to its making: what signatures are made with.</param>
public sealed record SubscriptionView(
    string Id, string Who, string DataSet, string Purpose, string Url, IReadOnlyList<DataCondition> Conditions, IReadOnlyList<string> Organisations, SubscriptionState State, string? Reason,
    DateTimeOffset Created, long Waiting = 0, long Dead = 0, string? Secret = null)
{
    internal static SubscriptionView Of(Subscription s, SubscriptionStore.Unsent unsent = default) =>
        new(s.Id, s.Caller.Id, s.Order.DataSet, s.Order.Purpose, s.Order.Url, s.Order.Conditions, s.Order.Organisations, s.State, s.Reason, s.Created, unsent.Waiting, unsent.Dead);
}
