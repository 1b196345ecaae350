namespace Yunnao.Standards.Compile;

/// <summary>
/// Passed where <c>Left ≥ Other + Number</c>, or with <paramref name="IsUpper"/> false <c>Left ≤ Other + Number</c>, as DOUBLE.
/// </summary>
/// <param name="Left">SQL of a DOUBLE.</param>
/// <param name="Other">SQL of a DOUBLE.</param>
public sealed record NumberBound(string Left, string Other, bool IsUpper, double Number);
