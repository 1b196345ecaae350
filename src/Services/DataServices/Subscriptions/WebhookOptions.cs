using System.ComponentModel.DataAnnotations;

namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>Where and how deliveries to subscribers are posted.</summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// Host names (hooks.hospital.cn), networks (10.20.0.0/16) and addresses to which deliveries may go; empty, the default, for none. A name that
    /// is not in the list is good when the address that it leads to is in a network of it.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>True lets addresses of http:// be subscribed, for receivers on this machine or behind a proxy of it. Default false.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Seconds until the second attempt; each further one waits twice as long, an hour at most. Default 10.</summary>
    [Range(1, 3600)]
    public int FirstRetrySeconds { get; set; } = 10;

    /// <summary>Attempts until a delivery is dead. Default 16, some eight hours.</summary>
    [Range(1, 1000)]
    public int MostAttempts { get; set; } = 16;

    /// <summary>Seconds that a receiver may take to answer. Default 10.</summary>
    [Range(1, 300)]
    public int AnswerSeconds { get; set; } = 10;

    /// <summary>Subscriptions of one caller. Default 100.</summary>
    [Range(1, 10_000)]
    public int MostOfCaller { get; set; } = 100;
}
