using Yunnao.Standards;

namespace Yunnao.Synthetic.Rules;

/// <summary>A check that a row does not pass.</summary>
/// <param name="Code">As in the platform: <c>required</c>, <c>type</c>, …, <c>rule:id</c>.</param>
internal sealed record Failure(string Code, string? Item, Severity Severity);
