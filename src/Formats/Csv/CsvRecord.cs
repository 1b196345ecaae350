namespace Yunnao.Formats.Csv;

/// <summary>Where a record (a row, the header too) of a CSV text is, and what can be said of its form.</summary>
/// <param name="Number">0 is the first record (the header), 1 the first data row. Blank lines are no records.</param>
/// <param name="Offset">Byte offset of its first byte in the UTF-8 text.</param>
/// <param name="Length">Bytes without the line end.</param>
/// <param name="Line">Physical line it begins on, from 1.</param>
/// <param name="Fields">How many fields it has, at least 1.</param>
/// <param name="Flaw">What is wrong with it.</param>
public readonly record struct CsvRecord(long Number, long Offset, int Length, long Line, int Fields, CsvFlaw Flaw);
