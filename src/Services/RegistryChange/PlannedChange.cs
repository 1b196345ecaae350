using Yunnao.Standards.Compare;

namespace Yunnao.Services.RegistryChange;

/// <summary>A change with what it touches: pairs of what (<c>table</c>, <c>mapping</c>, <c>check</c>, <c>export</c>, <c>policy</c>) and which.</summary>
public sealed record PlannedChange(Change Change, IReadOnlyList<(string What, string Which)> Touches);
