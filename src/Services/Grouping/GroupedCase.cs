namespace Yunnao.Services.Grouping;

/// <summary>The answer for a case.</summary>
/// <param name="Path">The groups from the root to the one found: major category, adjacent group, group. Empty when there is none.</param>
/// <param name="Name">Name of the group found.</param>
/// <param name="Complication">MCC, CC or empty: the weightiest complication that counts.</param>
/// <param name="Steps">How it came to it, where that was asked for; for an incomplete case always what it lacks.</param>
public sealed record GroupedCase(string Id, GroupStatus Status, IReadOnlyList<string> Path, string Name, string Complication, IReadOnlyList<GroupStep> Steps)
{
    /// <summary>Major diagnostic category, or empty.</summary>
    public string Mdc => Path.Count > 0 ? Path[0] : "";

    /// <summary>Adjacent group, or empty.</summary>
    public string Adrg => Path.Count > 1 ? Path[1] : "";

    /// <summary>The group found, or empty.</summary>
    public string Drg => Path.Count > 0 ? Path[^1] : "";
}
