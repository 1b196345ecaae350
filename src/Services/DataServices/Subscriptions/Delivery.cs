using Yunnao.Lake.Queries;

namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>One message to a subscriber: how many matching records came between two places in the history of the lake.</summary>
/// <param name="Id">The same however often it is sent.</param>
/// <param name="Rows">Matching records that were new or sent again when it was counted.</param>
/// <param name="Failure">Why the last attempt failed, in a word without anything that the receiver wrote; or null.</param>
public sealed record Delivery(
    string Id, string Subscription, LakeMark After, LakeMark UpTo, long Rows, DeliveryState State, int Attempts, DateTimeOffset Due, string? Failure, DateTimeOffset Created);
