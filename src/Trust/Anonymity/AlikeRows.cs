namespace Yunnao.Trust.Anonymity;

/// <summary>Rows that are shown alike.</summary>
/// <param name="Rows">Their numbers, from 0.</param>
/// <param name="From">For each column the first place of its domain among them.</param>
/// <param name="To">For each column the last one.</param>
internal sealed record AlikeRows(int[] Rows, int[] From, int[] To);
