namespace Yunnao.Services.Grouping;

/// <summary>A case as the conditions see it: for its main and for all of its codes, a bit a list.</summary>
internal readonly ref struct CaseFacts(DischargedCase discharged, ReadOnlySpan<ulong> bits, Complication complication)
{
    private readonly int _words = bits.Length / 4;
    private readonly ReadOnlySpan<ulong> _bits = bits;

    public DischargedCase Case { get; } = discharged;

    public Complication Complication { get; } = complication;

    public ReadOnlySpan<ulong> MainDiagnosis => _bits[.._words];

    public ReadOnlySpan<ulong> AllDiagnoses => _bits.Slice(_words, _words);

    public ReadOnlySpan<ulong> MainOperation => _bits.Slice(2 * _words, _words);

    public ReadOnlySpan<ulong> AllOperations => _bits.Slice(3 * _words, _words);

    /// <summary>Words of 64 bits for the four kinds of codes of a case, over so many lists.</summary>
    public static int Words(int lists) => 4 * Math.Max(1, (lists + 63) / 64);

    public static void Mark(DischargedCase discharged, CodeLists lists, Span<ulong> bits)
    {
        var words = bits.Length / 4;
        Mark(discharged.Diagnoses, lists, bits[..words], bits.Slice(words, words));
        Mark(discharged.Operations, lists, bits.Slice(2 * words, words), bits.Slice(3 * words, words));
    }

    public static bool HasAny(ReadOnlySpan<ulong> bits, int[] lists)
    {
        foreach (var list in lists)
            if ((bits[list >> 6] >> (list & 63) & 1) != 0) return true;
        return false;
    }

    public static int Count(ReadOnlySpan<ulong> bits, int[] lists)
    {
        var count = 0;
        foreach (var list in lists) count += (int)(bits[list >> 6] >> (list & 63) & 1);
        return count;
    }

    private static void Mark(IReadOnlyList<string> codes, CodeLists lists, Span<ulong> main, Span<ulong> all)
    {
        for (var i = 0; i < codes.Count; i++)
        {
            lists.Mark(codes[i], all);
            if (i == 0) all.CopyTo(main);
        }
    }
}
