namespace Yunnao.Tests.Formats;

/// <summary>A row as a decoder gave it.</summary>
public sealed record CollectedRow(int Plan, long Record, long Offset, string?[] Cells);
