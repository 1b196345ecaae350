namespace Yunnao.Formats.Csv;

/// <summary>A record of a delimited text.</summary>
/// <param name="Number">Data record from 1: the header and empty lines do not count.</param>
/// <param name="Offset">Byte offset in the UTF-8 text, from 0.</param>
/// <param name="Line">Physical line it starts on, from 1.</param>
/// <param name="Text">Its bytes without the line end, cut after 64 KiB.</param>
/// <param name="Length">Its length in bytes, uncut.</param>
public readonly record struct CsvRecord(long Number, long Offset, long Line, long Length, ReadOnlyMemory<byte> Text);
