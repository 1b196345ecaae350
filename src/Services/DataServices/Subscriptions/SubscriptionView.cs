namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>A subscription as its subscriber sees it.</summary>
/// <param name="Secret">Only in the answer to its making: what signatures are made with.</param>
public sealed record SubscriptionView(
    string Id, string Who, string DataSet, string Purpose, string Url, IReadOnlyList<DataCondition> Conditions, IReadOnlyList<string> Organisations, SubscriptionState State, string? Reason,
    DateTimeOffset Created, string? Secret = null)
{
    internal static SubscriptionView Of(Subscription s) =>
        new(s.Id, s.Caller.Id, s.Order.DataSet, s.Order.Purpose, s.Order.Url, s.Order.Conditions, s.Order.Organisations, s.State, s.Reason, s.Created);
}
