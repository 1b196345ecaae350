using Yunnao.Standards.Expressions;

namespace Yunnao.Standards.Compile;

/// <summary>A condition of a word, and what is true wherever it is: itself, or what it shares with others of its kind.</summary>
/// <param name="Sql">True where the bit is set.</param>
/// <param name="Sooner">True wherever the condition is; null where <paramref name="Bound"/> says it.</param>
/// <param name="Bound">Passed wherever the condition is true.</param>
/// <param name="Steps">See <see cref="Truth.Steps"/>.</param>
internal sealed record QualityCondition(string Sql, string? Sooner, NumberBound? Bound, IReadOnlyList<double>? Steps)
{
    /// <summary>A condition that is NULL where some value makes it fail (an overflow).</summary>
    public static string Guarded(Truth truth, bool canFail) => canFail ? $"TRY({truth.Sql})" : truth.Sql;
}
