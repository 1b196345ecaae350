namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>The address of a receiver is not in a network to which deliveries go.</summary>
internal sealed class WebhookRefusedException() : IOException("The address is not allowed.");
