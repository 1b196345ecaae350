namespace Yunnao.Standards.Loading;

/// <summary>What the rows of item files may refer to: entries in force, and all ids that were written.</summary>
internal sealed record ItemContext(
    IReadOnlyDictionary<string, DataElement> Elements, Versions<DataElement> AllElements,
    IReadOnlyDictionary<string, ValueSet> ValueSets, Versions<ValueSet> AllValueSets,
    IReadOnlyDictionary<string, Names> Units);
