namespace Yunnao.Standards.Loading;

/// <summary>The items of one data set, and all names that stand in its file, also those whose row has a mistake.</summary>
internal sealed record ItemList(IReadOnlyList<Item> Items, IReadOnlySet<string> Names)
{
    public static readonly ItemList Empty = new([], new HashSet<string>());
}
