using System.ComponentModel.DataAnnotations;

namespace Yunnao.Trust.Anonymity;

/// <summary>What every group of rows that look alike must have.</summary>
public sealed class AnonymityGoal
{
    /// <summary>Rows, at least (Sweeney, k-anonymity, IJUFKS 10(5) 2002).</summary>
    [Range(1, int.MaxValue)]
    public int K { get; init; } = 5;

    /// <summary>Different sensitive values, at least (Machanavajjhala et al., l-diversity, TKDD 1(1) 2007); 1 asks for nothing.</summary>
    [Range(1, int.MaxValue)]
    public int L { get; init; } = 1;

    /// <summary>
    /// Distance of the group's distribution of the sensitive value from that of all rows, at most (Li, Li, Venkatasubramanian, t-closeness,
    /// ICDE 2007; earth mover's distance with equal ground distances); 1 asks for nothing.
    /// </summary>
    [Range(0, 1)]
    public double T { get; init; } = 1;

    /// <summary>Share of the rows that may be left out.</summary>
    [Range(0, 1)]
    public double Suppress { get; init; }
}
