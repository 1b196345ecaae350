namespace Yunnao.Standards;

/// <summary>One rule of a mapping: which records of the source become rows of which data set.</summary>
/// <param name="Match">File patterns (csv, parquet), resource types (fhir) or message types such as <c>ORU^R01</c>, <c>ADT^*</c> (hl7v2).</param>
/// <param name="Row">hl7v2: the segment that makes a row. fhir: the repeated child that makes a row (<c>each</c>). Otherwise null.</param>
/// <param name="Where">Condition on the record, or null.</param>
/// <param name="Items">Item name → where its value is from. Items not named take their registry path (fhir, hl7v2) or the column of the same name (csv without items).</param>
public sealed record MappingRule(
    string DataSet, IReadOnlyList<string> Match, string? Row, string? Where, IReadOnlyDictionary<string, ItemSource> Items, SourceLine At);
