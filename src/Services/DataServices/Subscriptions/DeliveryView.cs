namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>A delivery as its subscriber sees it.</summary>
/// <param name="Due">When it is sent next, while it waits.</param>
public sealed record DeliveryView(string Id, long Records, DeliveryState State, int Attempts, DateTimeOffset? Due, string? Failure, DateTimeOffset Created)
{
    internal static DeliveryView Of(Delivery d) => new(d.Id, d.Rows, d.State, d.Attempts, d.State == DeliveryState.Waiting ? d.Due : null, d.Failure, d.Created);
}
