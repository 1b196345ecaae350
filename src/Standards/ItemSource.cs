namespace Yunnao.Standards;

/// <summary>Where an item's value is from.</summary>
/// <param name="From">Column, path, or a fact of the file (<c>file:sha256</c>, <c>file:size</c>); null when <paramref name="Value"/> is given.</param>
/// <param name="Value">A constant.</param>
/// <param name="Codes">Code map to apply, or null for the mapping's own choice by value set.</param>
/// <param name="Format">strptime format of a date or time, or null for the usual forms.</param>
public sealed record ItemSource(string? From, string? Value = null, string? Codes = null, string? Format = null);
