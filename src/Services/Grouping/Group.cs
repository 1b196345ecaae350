namespace Yunnao.Services.Grouping;

/// <summary>A node of the tree of groups: a major category (MDC), an adjacent group (ADRG) or a group (DRG).</summary>
/// <param name="Conditions">It is enough that one holds.</param>
/// <param name="Children">In the order in which they are tried; a group with children holds a case only when one of them does.</param>
internal sealed record Group(string Id, string Name, IReadOnlyList<GroupCondition> Conditions, List<Group> Children)
{
    public bool Holds(in CaseFacts facts)
    {
        foreach (var condition in Conditions)
            if (condition.Holds(facts)) return true;
        return false;
    }
}
