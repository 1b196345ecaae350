namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>What a subscriber asks to be told of. Conditions are those of <see cref="DataCondition"/>: <c>"result_value": {"ge": 7}</c>.</summary>
/// <param name="DataSet">Data set id.</param>
/// <param name="Purpose">What for: an id of <c>standards/policies/purposes.csv</c>.</param>
/// <param name="Url">Where deliveries are posted; its host must be allowed (<see cref="WebhookOptions"/>).</param>
public sealed record SubscriptionOrder(string DataSet, string Purpose, string Url)
{
    /// <summary>All of them hold.</summary>
    public IReadOnlyList<DataCondition> Conditions { get; init; } = [];

    /// <summary>Codes of the institutions whose records are wanted; empty for all that the subscriber reaches.</summary>
    public IReadOnlyList<string> Organisations { get; init; } = [];

    /// <summary>The question to the data set that it stands for.</summary>
    internal DataQuestion Question => new(DataSet) { Purpose = Purpose, Conditions = Conditions, Organisations = Organisations };
}
