namespace Yunnao.Services.Grouping;

/// <summary>How the grouping of a case ended.</summary>
public enum GroupStatus
{
    /// <summary>A group was found.</summary>
    Grouped,

    /// <summary>No rule is for the case.</summary>
    Ungrouped,

    /// <summary>The case lacks what every rule needs.</summary>
    Incomplete,
}
