namespace Yunnao.Formats.Encodings;

/// <summary>A place where a text could not be decoded.</summary>
/// <param name="SourceOffset">Byte offset in the source, from 0.</param>
/// <param name="Offset">Byte offset of the U+FFFD in the UTF-8 text that stands for it.</param>
public readonly record struct BadByte(long SourceOffset, long Offset);
