namespace Yunnao.Standards;

/// <summary>One rule of a mapping: which records of the source become rows of which data set.</summary>
/// <param name="Match">File patterns (formats with columns), resource types (fhir), message types such as <c>ORU^R01</c>, <c>ADT^*</c> (hl7v2), template ids or codes of documents (cda).</param>
/// <param name="Row">hl7v2: the segment that makes a row. fhir: the repeated child that makes a row (<c>each</c>). cda: the XPath to the nodes that make rows. Otherwise null.</param>
/// <param name="Where">Condition on the record, or null.</param>
/// <param name="Items">Item name → where its value is from. Items not named take their registry path (fhir, hl7v2, cda) or the column of the same name (formats with columns, without items).</param>
/// <param name="Layout">xlsx, fixed: where the columns are; null otherwise.</param>
public sealed record MappingRule(
    string DataSet, IReadOnlyList<string> Match, string? Row, string? Where, IReadOnlyDictionary<string, ItemSource> Items, SourceLine At, TableLayout? Layout = null);
