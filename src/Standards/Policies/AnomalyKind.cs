namespace Yunnao.Standards.Policies;

/// <summary>What a rule of <c>policies/anomalies.csv</c> counts of one account in its window.</summary>
public enum AnomalyKind
{
    /// <summary>Events of the rule's kinds.</summary>
    Events,

    /// <summary>Rows that were read or exported.</summary>
    Rows,

    /// <summary>Different persons whose own page was read.</summary>
    Subjects,

    /// <summary>Different persons read who share a group (household, staff of an organisation) with the account's own person.</summary>
    Related,
}
