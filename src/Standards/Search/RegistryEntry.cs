namespace Yunnao.Standards.Search;

/// <summary>An entry of the registry, found by id.</summary>
/// <param name="Value">
/// A <see cref="DataSet"/>, <see cref="Item"/>, <see cref="ValueSet"/>, <see cref="DataElement"/>, <see cref="SourceMapping"/>,
/// <see cref="CodeMap"/>, <see cref="Rule"/>, <see cref="Quality.QualityMeasure"/> or <see cref="Code"/>, as <paramref name="Kind"/> says.
/// </param>
/// <param name="Owner">The data set of an item or rule, the value set of a code; null otherwise.</param>
public sealed record RegistryEntry(EntryKind Kind, object Value, object? Owner = null);
