namespace Yunnao.Formats.Csv;

/// <summary>Where a record (a row, the header too) of a CSV text is.</summary>
/// <param name="Number">0 is the first record (the header), 1 the first data row. Blank lines are no records.</param>
/// <param name="Offset">Byte offset of its first byte in the UTF-8 text.</param>
/// <param name="Length">Bytes without the line end.</param>
/// <param name="Line">Physical line it begins on, from 1.</param>
public readonly record struct CsvRecord(long Number, long Offset, int Length, long Line);
