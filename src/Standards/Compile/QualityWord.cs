namespace Yunnao.Standards.Compile;

/// <summary>Up to sixty-four conditions of a row as the bits of a word (DuckDB dialect): a bit is set where its condition is true.</summary>
internal sealed class QualityWord
{
    private const int Bits = 64;

    // Of fewer conditions, judging is as cheap as remembering.
    private const int WorthRemembering = 4;

    private readonly string? _column;
    private readonly (int Measure, string Fails)[] _conditions;

    private QualityWord(string? column, (int Measure, string Fails)[] conditions) => (_column, _conditions) = (column, conditions);

    /// <summary>Number of the measure and its bit, for all conditions.</summary>
    public IEnumerable<(int Measure, ulong Mask)> Masks => _conditions.Select((c, bit) => (c.Measure, 1UL << bit));

    /// <summary>The conditions as words; those of one column together.</summary>
    /// <param name="conditions">Number of the measure, its condition, and the only column that it reads, null for several.</param>
    public static List<QualityWord> Of(IEnumerable<(int Measure, string Fails, string? Column)> conditions)
    {
        var columns = conditions.GroupBy(c => c.Column).ToLookup(g => g.Key is not null && g.Count() >= WorthRemembering);
        var others = columns[false].SelectMany(c => c).Chunk(Bits).Select(c => new QualityWord(null, Plain(c)));
        return [.. columns[true].SelectMany(g => g.Chunk(Bits).Select(c => new QualityWord(g.Key, Plain(c)))), .. others];

        static (int, string)[] Plain(IEnumerable<(int Measure, string Fails, string?)> chunk) => [.. chunk.Select(c => (c.Measure, c.Fails))];
    }

    /// <summary>
    /// The word of a row. What follows from one column is judged once a value, and remembered. Of the others most rows fail nothing: one
    /// condition over all, which the engine leaves at the first part that is true, decides; only few rows work out which.
    /// </summary>
    /// <param name="newMemo">Number of a new memo.</param>
    public string Sql(Func<long> newMemo)
    {
        var which = $"bits_of({string.Join(", ", _conditions.Select(c => c.Fails))})";
        if (_column is null) return $"CASE WHEN {string.Join(" OR ", _conditions.Select(c => c.Fails))} THEN {which} ELSE 0::UBIGINT END";
        var memo = newMemo();
        return $"coalesce(verdict_of({memo}, {_column}), verdict_noted({memo}, {_column}, {which}))";
    }
}
