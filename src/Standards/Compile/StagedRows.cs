namespace Yunnao.Standards.Compile;

/// <summary>Rows of text waiting for the checks, as SQL.</summary>
/// <param name="From">The FROM clause: a staging table or a reader of a file.</param>
/// <param name="Texts">Item name → the SQL that yields its text. Items the source does not have are absent.</param>
/// <param name="Organisation">Organisation of the source, where a record does not say it.</param>
/// <param name="Namespace">Organisation whose numbering the local patient numbers follow, when it is not the record's own (a FHIR server serves many); else null.</param>
/// <param name="Position">SQL of the record number, or null when it follows from the order of the rows.</param>
/// <param name="Offset">SQL of the byte offset, or null.</param>
/// <param name="ReplacedBytes">True when bytes that could not be decoded were replaced by U+FFFD.</param>
/// <param name="Batch">SQL of the batch number.</param>
public sealed record StagedRows(
    string From, IReadOnlyDictionary<string, StagedText> Texts, string? Organisation, string? Namespace, string? Position, string? Offset,
    bool ReplacedBytes, string Batch, CodeSets Sets)
{
    /// <summary>True when the source carries the item.</summary>
    public bool Has(Item item) => Texts.ContainsKey(item.Name) || (item.Roles.HasFlag(Roles.Organisation) && Organisation is not null);
}
