namespace Yunnao.Standards.Policies;

/// <summary>Who may see what for which purpose, as the files of <c>policies/</c> say. Data only: Trust decides by it.</summary>
/// <param name="Rights">In the order of the file; the first that fits decides.</param>
/// <param name="Groupings">By value set: how its codes become coarser ones.</param>
public sealed record PolicyBook(
    IReadOnlyDictionary<string, PolicyRole> Roles, IReadOnlyDictionary<string, PolicyPurpose> Purposes, IReadOnlyList<Right> Rights,
    IReadOnlyDictionary<string, Grouping> Groupings, IReadOnlyList<AnomalyRule> Anomalies)
{
    /// <summary>No policy, so no right.</summary>
    public static PolicyBook None { get; } = new(
        new Dictionary<string, PolicyRole>(), new Dictionary<string, PolicyPurpose>(), [], new Dictionary<string, Grouping>(), []);
}
