namespace Yunnao.Services.Grouping;

/// <summary>What a folder of grouping rules says.</summary>
internal sealed class GrouperRules
{
    public CodeLists Lists { get; } = new();

    public Complications Complications { get; } = new();

    /// <summary>The major categories, in the order in which they are tried.</summary>
    public List<Group> Roots { get; } = [];

    /// <summary>Code of the clinical edition → code of the insurance edition, of diagnoses and operations.</summary>
    public Dictionary<string, string> Translations { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of codes, for explanations.</summary>
    public Dictionary<string, string> Names { get; } = new(StringComparer.Ordinal);

    public int Leaves => Count(Roots);

    private static int Count(List<Group> groups) => groups.Sum(g => g.Children.Count == 0 ? 1 : Count(g.Children));
}
