namespace Yunnao.Trust.Anonymity;

/// <summary>The sensitive column: values as numbers from 0, and how common each is in the whole table.</summary>
internal sealed class Sensitivity
{
    private readonly int[] _values;
    private readonly double[] _all;
    private readonly int[] _counts;

    public Sensitivity(IReadOnlyList<string>? column, int rows)
    {
        _values = new int[rows];
        if (column is null)
        {
            (_all, _counts) = ([1], [0]);
            return;
        }

        IsThere = true;
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < rows; i++)
        {
            if (!places.TryGetValue(column[i], out var place)) places.Add(column[i], place = places.Count);
            _values[i] = place;
        }

        (_all, _counts) = (new double[places.Count], new int[places.Count]);
        foreach (var value in _values) _all[value] += 1.0 / rows;
    }

    public bool IsThere { get; }

    /// <summary>Different values among the rows, and the distance of their distribution from that of all rows.</summary>
    public (int Distinct, double Distance) Of(ReadOnlySpan<int> rows)
    {
        if (!IsThere) return (0, 0);
        Array.Clear(_counts);
        foreach (var row in rows) _counts[_values[row]]++;
        var (distinct, distance) = (0, 0.0);
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0) distinct++;
            distance += Math.Abs((double)_counts[i] / rows.Length - _all[i]);
        }

        return (distinct, distance / 2);
    }

    public bool Meets(ReadOnlySpan<int> rows, AnonymityGoal goal)
    {
        if (rows.Length < goal.K) return false;
        if (!IsThere || (goal.L <= 1 && goal.T >= 1)) return true;
        var (distinct, distance) = Of(rows);
        return distinct >= goal.L && distance <= goal.T + 1e-12;
    }
}
