namespace Yunnao.Synthetic.Illness;

/// <summary>An outbreak put into the city: extra cases of a disease in a district within a few weeks.</summary>
/// <param name="AttackRate">Chance of a resident of the district to fall ill by it, before age is looked at.</param>
internal sealed record Outbreak(string Id, Disease Disease, string Division, string DivisionName, DateOnly Start, int Days, double AttackRate)
{
    public DateOnly End => Start.AddDays(Days - 1);

    /// <summary>Cases made so far.</summary>
    public long Cases { get; set; }
}
