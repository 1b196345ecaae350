namespace Yunnao.Services.Grouping;

/// <summary>
/// The lists of codes that conditions speak of, turned around: for each code the lists it is in, so that a case is looked up once by its
/// few codes and not in hundreds of lists.
/// </summary>
internal sealed class CodeLists
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly Dictionary<string, List<int>> _listsOf = new(StringComparer.Ordinal);

    public int Count => _names.Count;

    public IReadOnlyList<string> Names => _names;

    public string Name(int number) => _names[number];

    public bool TryGet(string name, out int number) => _numbers.TryGetValue(name, out number);

    public void Add(string list, string code)
    {
        if (!_numbers.TryGetValue(list, out var number))
        {
            number = _names.Count;
            _numbers.Add(list, number);
            _names.Add(list);
        }

        if (!_listsOf.TryGetValue(code, out var lists)) _listsOf.Add(code, lists = []);
        if (!lists.Contains(number)) lists.Add(number);
    }

    /// <summary>Sets the bit of each list that a code is in.</summary>
    public void Mark(string code, Span<ulong> bits)
    {
        if (!_listsOf.TryGetValue(code, out var lists)) return;
        foreach (var number in lists) bits[number >> 6] |= 1UL << (number & 63);
    }

    /// <summary>True when a code is in a list.</summary>
    public bool Has(int list, string code) => _listsOf.TryGetValue(code, out var lists) && lists.Contains(list);
}
