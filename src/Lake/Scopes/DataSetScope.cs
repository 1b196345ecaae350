using Yunnao.Standards;

namespace Yunnao.Lake.Scopes;

/// <summary>What a Scope reaches of one data set.</summary>
/// <param name="Keys">What is shown of <c>_subject</c> and <c>_record</c>: Clear, Pseudonym or Nothing.</param>
/// <param name="Items">Item name → action; an item that is not named is not shown.</param>
public sealed record DataSetScope(RowFilter Rows, ItemAction Keys, IReadOnlyDictionary<string, ItemAction> Items)
{
    /// <summary>Item name → how it is generalised, where the type alone does not say it.</summary>
    public IReadOnlyDictionary<string, Generalisation> Generalisations { get; init; } = new Dictionary<string, Generalisation>();

    /// <summary>False when only results of aggregates are shown, no single row.</summary>
    public bool RowsShown { get; init; } = true;

    /// <summary>The action on an item. An item with no level or no de-identification action cannot be delivered to anybody.</summary>
    public ItemAction ActionOn(Item item) =>
        item.InVault || item.Level is null || item.Deid is null ? ItemAction.Nothing : Items.GetValueOrDefault(item.Name);
}
