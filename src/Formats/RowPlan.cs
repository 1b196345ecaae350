namespace Yunnao.Formats;

/// <summary>Which records of the source become rows of one staging table, and from which paths its text columns come.</summary>
/// <param name="Table">Name of the staging table: the data set id.</param>
/// <param name="Match">Resource types (FHIR) or message types such as <c>ORU^R01</c>, <c>ADT^*</c> (HL7 v2).</param>
/// <param name="Row">HL7 v2: the segment that makes a row. FHIR: the repeated child that makes a row. Null: the record itself is the row.</param>
/// <param name="Where">Condition on the row, in the small language of standards/README.md, or null.</param>
public sealed record RowPlan(string Table, IReadOnlyList<string> Match, string? Row, string? Where, IReadOnlyList<ColumnPlan> Columns);
