namespace Yunnao.Services.Imaging.Dimse;

/// <summary>One presentation data value. Its bytes are valid until the next one is read.</summary>
internal readonly record struct Fragment(byte Context, bool IsCommand, bool IsLast, ReadOnlyMemory<byte> Data);
