namespace Yunnao.Standards.Loading;

/// <summary>What a mapping may refer to.</summary>
/// <param name="Items">The item names of each data set, also those whose row has a mistake.</param>
internal sealed record MappingContext(
    IReadOnlyDictionary<string, DataSet> DataSets, Versions<DataSet> AllDataSets, IReadOnlyDictionary<string, ItemList> Items,
    IReadOnlyDictionary<string, ValueSet> ValueSets, Versions<ValueSet> AllValueSets,
    IReadOnlyDictionary<string, LocatedCodeMap> CodeMaps);
