namespace Yunnao.Trust.Anonymity;

/// <summary>
/// A column by which a person could be recognised, as a whole number a row in the order of its domain. What is coarser is always a stretch
/// of that order: of numbers an interval, of codes the leaves below a node, since leaves are numbered as a walk through the tree meets them.
/// </summary>
public sealed class QuasiIdentifier
{
    private readonly string[] _leaves;
    private readonly double[]? _numbers;
    private readonly int[] _prefixes;

    private QuasiIdentifier(string name, string[] leaves, double[]? numbers, int[] prefixes, int[] values)
    {
        (Name, _leaves, _numbers, _prefixes, Values) = (name, leaves, numbers, prefixes, values);
    }

    public string Name { get; }

    /// <summary>True when the column is of numbers.</summary>
    public bool IsNumber => _numbers is not null;

    /// <summary>How many different values there are.</summary>
    public int Leaves => _leaves.Length;

    /// <summary>The value of each row: its place in the order of the domain, from 0.</summary>
    public int[] Values { get; }

    /// <summary>A column of numbers.</summary>
    public static QuasiIdentifier OfNumbers(string name, IReadOnlyList<double> values)
    {
        var numbers = values.Distinct().Order().ToArray();
        var places = new int[values.Count];
        for (var i = 0; i < places.Length; i++) places[i] = Array.BinarySearch(numbers, values[i]);
        return new(name, [.. numbers.Select(n => n.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture))], numbers, [], places);
    }

    /// <summary>A column of codes.</summary>
    /// <param name="prefixes">
    /// Lengths of the coarser codes, ascending: 2, 4 for a GB/T 2260 division gives province and city. Without any, the only coarser value is "*".
    /// </param>
    public static QuasiIdentifier OfCodes(string name, IReadOnlyList<string> values, params int[] prefixes)
    {
        var leaves = values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var places = new int[values.Count];
        for (var i = 0; i < places.Length; i++) places[i] = Array.BinarySearch(leaves, values[i], StringComparer.Ordinal);
        return new(name, leaves, null, [.. prefixes.Order()], places);
    }

    /// <summary>What is shown for a stretch of the domain, both ends included.</summary>
    public string Show(int from, int to)
    {
        if (from == to) return _leaves[from];
        if (IsNumber) return $"{_leaves[from]}–{_leaves[to]}";
        return Shared(from, to) is var shared && shared > 0 ? $"{_leaves[from][..shared]}*" : "*";
    }

    /// <summary>
    /// The share of the domain that cannot be told apart any more: 0 for one value, 1 for all of them. Of numbers the width, of codes the leaves
    /// below the node that is shown (normalised certainty penalty, Xu et al., Utility-based anonymization using local recoding, KDD 2006).
    /// </summary>
    public double Loss(int from, int to)
    {
        if (from == to || Leaves < 2) return 0;
        if (_numbers is not null) return (_numbers[to] - _numbers[from]) / (_numbers[^1] - _numbers[0]);
        var shared = Shared(from, to);
        if (shared == 0) return 1;
        var (first, last) = (from, to);
        while (first > 0 && SharesPrefix(first - 1, from, shared)) first--;
        while (last < Leaves - 1 && SharesPrefix(last + 1, from, shared)) last++;
        return (double)(last - first + 1) / Leaves;
    }

    /// <summary>
    /// Where a stretch can be cut: the first value of each part after the first. Numbers are cut once, at the value given; codes into the nodes
    /// one level down.
    /// </summary>
    internal IReadOnlyList<int> Cuts(int from, int to, int median)
    {
        if (from == to) return [];
        if (IsNumber) return [median > from ? median : from + 1];
        var shared = Shared(from, to);
        var next = _prefixes.FirstOrDefault(p => p > shared, int.MaxValue);
        var cuts = new List<int>();
        for (var i = from + 1; i <= to; i++)
        {
            if (!SharesPrefix(i, i - 1, next)) cuts.Add(i);
        }

        return cuts;
    }

    /// <summary>The longest of the prefix lengths that all values of the stretch share; 0 when there is none.</summary>
    private int Shared(int from, int to)
    {
        for (var i = _prefixes.Length - 1; i >= 0; i--)
        {
            if (SharesPrefix(from, to, _prefixes[i])) return _prefixes[i];
        }

        return 0;
    }

    private bool SharesPrefix(int a, int b, int length) =>
        _leaves[a].Length >= length && _leaves[b].Length >= length && _leaves[a].AsSpan(0, length).SequenceEqual(_leaves[b].AsSpan(0, length));
}
