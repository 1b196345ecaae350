namespace Yunnao.Services.Mapping;

/// <summary>A column of a sample with how often each of its values occurs.</summary>
public sealed class SampleColumn(string name)
{
    private const int MaxDistinct = 2000;

    private readonly Dictionary<string, int> _values = new(StringComparer.Ordinal);

    /// <summary>Name in the file.</summary>
    public string Name => name;

    /// <summary>Cells with a value.</summary>
    public int Filled { get; private set; }

    /// <summary>Distinct values, up to a limit, with their number.</summary>
    public IReadOnlyDictionary<string, int> Values => _values;

    /// <summary>Part of the filled cells whose value passes, 0–1; 0 when there is none.</summary>
    public double Share(Func<string, bool> passes)
    {
        long all = 0, passing = 0;
        foreach (var (value, count) in _values)
        {
            all += count;
            if (passes(value)) passing += count;
        }

        return all == 0 ? 0 : (double)passing / all;
    }

    internal void Add(string text)
    {
        text = text.Trim();
        if (text.Length == 0) return;
        Filled++;
        if (_values.TryGetValue(text, out var count)) _values[text] = count + 1;
        else if (_values.Count < MaxDistinct) _values.Add(text, 1);
    }
}
