namespace Yunnao.Synthetic.Chance;

/// <summary>A choice among values with weights (Walker's alias method: constant time a draw).</summary>
internal sealed class Weighted<T>
{
    private readonly T[] _values;
    private readonly double[] _threshold;
    private readonly int[] _alias;

    public Weighted(IEnumerable<(T Value, double Weight)> choices)
    {
        var list = choices.Where(c => c.Weight > 0).ToList();
        if (list.Count == 0) throw new ArgumentException("A choice needs at least one value with a weight.", nameof(choices));
        _values = [.. list.Select(c => c.Value)];
        _threshold = new double[list.Count];
        _alias = new int[list.Count];
        var total = list.Sum(c => c.Weight);
        var scaled = list.Select(c => c.Weight * list.Count / total).ToArray();
        var small = new Stack<int>(Enumerable.Range(0, scaled.Length).Where(i => scaled[i] < 1));
        var large = new Stack<int>(Enumerable.Range(0, scaled.Length).Where(i => scaled[i] >= 1));
        while (small.Count > 0 && large.Count > 0)
        {
            var (less, more) = (small.Pop(), large.Pop());
            _threshold[less] = scaled[less];
            _alias[less] = more;
            scaled[more] -= 1 - scaled[less];
            (scaled[more] < 1 ? small : large).Push(more);
        }

        foreach (var rest in small.Concat(large)) _threshold[rest] = 1;
    }

    public IReadOnlyList<T> Values => _values;

    public T Draw(Dice dice)
    {
        var column = dice.Below(_values.Length);
        return dice.Unit() < _threshold[column] ? _values[column] : _values[_alias[column]];
    }
}
