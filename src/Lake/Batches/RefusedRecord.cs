namespace Yunnao.Lake.Batches;

/// <summary>
/// A record of the source that gave no row: its decoder, the CSV reader or the mapping refused it. It counts as received and quarantined.
/// Numbers that are not known or mean nothing are null.
/// </summary>
/// <param name="DataSet">Data set id, or null when the record could not be given to one.</param>
/// <param name="Record">Record number from 1.</param>
/// <param name="Offset">Byte offset from 0.</param>
/// <param name="Line">Physical line from 1.</param>
/// <param name="Code">Stable code, for example <c>csv.columns</c>.</param>
/// <param name="Path">Element path, column or message type; never a value.</param>
public readonly record struct RefusedRecord(string? DataSet, long? Record, long? Offset, long? Line, string Code, string? Path);
