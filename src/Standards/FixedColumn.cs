namespace Yunnao.Standards;

/// <summary>A column of a fixed-width file.</summary>
/// <param name="First">Its first byte in the line, from 1, in the file's own encoding.</param>
/// <param name="Last">Its last byte.</param>
public sealed record FixedColumn(string Name, int First, int Last);
