namespace Yunnao.Standards;

/// <summary>How one kind of source sends its data. See standards/README.md for the file.</summary>
/// <param name="Organisation">Organisation of every record, where the records do not say it; null otherwise.</param>
/// <param name="Format">csv, parquet, xlsx, fixed, dbf, fhir, hl7v2 or cda.</param>
/// <param name="Codes">Value set id → code map id, for every item of that value set.</param>
/// <param name="Rules">In file order. Their meaning differs by format only in <see cref="MappingRule.Match"/> and <see cref="MappingRule.Row"/>.</param>
public sealed record SourceMapping(
    string Id, string Version, Status Status, Names Name, string? Organisation, string Format, string? Encoding, string? Delimiter,
    IReadOnlyDictionary<string, string> Codes, IReadOnlyList<MappingRule> Rules, SourceLine At)
{
    /// <summary>True for a format of named columns, whose rules are found by file name: csv, parquet, xlsx, fixed, dbf.</summary>
    public bool HasColumns => IsTable(Format);

    /// <summary>
    /// True where the local patient numbers are those of the organisation that sends, whichever institution a record is of: of a platform that
    /// passes on what many institutions gave it. Only for formats of named columns.
    /// </summary>
    public bool NumberedBySender { get; init; }

    internal static bool IsTable(string format) => format is "csv" or "parquet" or "xlsx" or "fixed" or "dbf";
}
