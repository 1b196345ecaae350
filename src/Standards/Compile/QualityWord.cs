using Yunnao.Standards.Expressions;

namespace Yunnao.Standards.Compile;

/// <summary>Up to sixty-four conditions of a row as the bits of a word (DuckDB dialect): a bit is set where its condition is true.</summary>
/// <param name="Column">SQL of the only column that the conditions read; null: several.</param>
internal sealed record QualityWord(string? Column, IReadOnlyList<QualityCondition> Conditions)
{
    private const int Bits = 64;

    // More numbers than this are as well looked up one by one.
    private const int MostSteps = 4096;

    /// <summary>
    /// The word of a row. What follows from one column is judged once a value, and remembered. Of the others most rows fulfil nothing: one
    /// condition over all, which the engine leaves at the first part that is true, decides; only few rows work out which.
    /// </summary>
    public string Sql(ScanFunctions functions)
    {
        var bounds = Conditions.Select(c => c.Bound).OfType<NumberBound>().Distinct().ToList();
        var any = Conditions.Select(c => c.Sooner).OfType<string>().Distinct().Prepend(bounds.Count > 0 ? functions.Passed(bounds) : null).OfType<string>();
        var word = $"CASE WHEN {string.Join(" OR ", any)} THEN bits_of({string.Join(", ", Conditions.Select(c => c.Sql))}) ELSE 0::UBIGINT END";
        if (Column is null) return word;
        var steps = Conditions.SelectMany(c => c.Steps ?? []).Distinct().Order().ToList();
        return functions.Remembered(Column, word, steps.Count <= MostSteps && Conditions.All(c => c.Steps is not null) ? steps : null);
    }

    /// <summary>The conditions in words. Of bounds that differ in their number only, the one that is passed first stands for all.</summary>
    /// <param name="asDouble">SQL of the number of a column as DOUBLE; null where it has none that is the same number.</param>
    public static IEnumerable<QualityWord> Of(string? column, IEnumerable<(Truth Truth, bool CanFail)> conditions, Func<string, bool, string?> asDouble)
    {
        var all = conditions.Select(c => (c.Truth, c.CanFail, Bound: (c.Truth as Truth.Part)?.Bound)).OrderBy(c => c.Bound is { } b ? $"{b.Left} {b.Sign} {b.Other}" : "", StringComparer.Ordinal);
        var number = column is not null && asDouble(column, true) is not null;
        foreach (var chunk in all.Chunk(Bits))
        {
            var first = chunk.Where(c => c.Bound is not null).GroupBy(c => Family(c.Bound!)).ToDictionary(
                g => g.Key, g => g.MinBy(c => c.Bound!.IsUpper ? c.Bound.Number : -c.Bound.Number));
            yield return new(column, [.. chunk.Select(c => Made(c, c.Bound is null ? c : first[Family(c.Bound)]))]);
        }

        static (string, string, string?) Family(Bound bound) => (bound.Left, bound.Sign, bound.Other);

        QualityCondition Made((Truth Truth, bool CanFail, Bound? Bound) own, (Truth Truth, bool CanFail, Bound? Bound) first)
        {
            var sql = QualityCondition.Guarded(own.Truth, own.CanFail);
            var steps = number ? own.Truth.Steps : null;
            if (first.Bound?.Other is null) return new(sql, QualityCondition.Guarded(first.Truth, first.CanFail), null, steps);
            var bound = AsDoubles(first.Bound, asDouble);
            return new(sql, bound is null ? sql : null, bound, steps);
        }
    }

    /// <summary>As DOUBLE no sum overflows, so that the bound passed first is passed wherever another is; null where DOUBLE is not exact enough.</summary>
    private static NumberBound? AsDoubles(Bound bound, Func<string, bool, string?> asDouble)
    {
        var whole = bound.Number == decimal.Truncate(bound.Number) && Math.Abs(bound.Number) < 1L << 50;
        return asDouble(bound.Left, true) is { } left && asDouble(bound.Other!, whole) is { } other ? new(left, other, bound.IsUpper, (double)bound.Number) : null;
    }
}
