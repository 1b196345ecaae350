namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>Whether a subscription is looked at.</summary>
public enum SubscriptionState
{
    Active,

    /// <summary>Not looked at until its subscriber resumes it; <see cref="Subscription.Reason"/> says why.</summary>
    Suspended,
}
