namespace Yunnao.Services.Views.Compile;

/// <summary>What the names of a path mean where it stands.</summary>
/// <param name="Root">The resource.</param>
/// <param name="This">What <c>$this</c> is, and what a path begins with.</param>
/// <param name="RowIndex">What <c>%rowIndex</c> is in SQL.</param>
/// <param name="Index">What <c>$index</c> is in SQL; null outside functions that go through things.</param>
internal sealed record PathContext(Operand Root, Operand This, string RowIndex, string? Index = null);
