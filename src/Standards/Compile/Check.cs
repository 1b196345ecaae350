namespace Yunnao.Standards.Compile;

/// <summary>One compiled check; its bit is <paramref name="Ordinal"/> in the row's bit set, stable within a version of the data set.</summary>
/// <param name="Code">Stable code: <c>required</c>, <c>type</c>, <c>length</c>, <c>value-set</c>, <c>range</c>, <c>id-number</c>, <c>encoding</c> or <c>rule:</c> and the rule's id.</param>
/// <param name="Item">The item judged; null for a rule.</param>
public sealed record Check(int Ordinal, CheckKind Kind, string Code, Item? Item, Rule? Rule, Severity Severity)
{
    /// <summary>What a person reads: <c>code item</c>.</summary>
    public string Reason => Item is null ? Code : $"{Code} {Item.Name}";
}
