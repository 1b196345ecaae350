namespace Yunnao.Trust.Differential;

/// <summary>What a project may learn in all, and what it has learned (basic composition: costs add up).</summary>
public sealed record PrivacyBudget(string Project, PrivacyCost Whole, PrivacyCost Spent)
{
    /// <summary>ε that is left.</summary>
    public decimal Left => Whole.Epsilon - Spent.Epsilon;
}
