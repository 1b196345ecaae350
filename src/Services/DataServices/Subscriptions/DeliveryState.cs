namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>How far a delivery has come.</summary>
public enum DeliveryState
{
    /// <summary>It is sent when its time has come.</summary>
    Waiting,

    /// <summary>The receiver took it.</summary>
    Delivered,

    /// <summary>It was tried as often as is allowed; only a replay sends it again.</summary>
    Dead,
}
