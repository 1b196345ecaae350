using Yunnao.Services.DataServices.Subscriptions;

namespace Yunnao.Services.DataServices;

/// <summary>How the data services run.</summary>
public sealed class DataOptions
{
    /// <summary>For callers that have no limits of their own.</summary>
    public DataLimits Limits { get; set; } = new();

    /// <summary>By client id or account id: limits of their own.</summary>
    public Dictionary<string, DataLimits> LimitsOf { get; set; } = [];

    /// <summary>Where and how subscribers are told of new records.</summary>
    public WebhookOptions Webhooks { get; set; } = new();
}
