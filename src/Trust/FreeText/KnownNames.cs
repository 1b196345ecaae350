using System.Buffers;

namespace Yunnao.Trust.FreeText;

/// <summary>
/// Names of people that are known, for example all of the vault's. A name of two to four characters is one 64-bit number, so that a
/// look-up is one probe of a hash set and needs no automaton; longer names (Latin script, names with a middle dot) are searched with
/// the vectorised multi-string search of the runtime.
/// </summary>
public sealed class KnownNames
{
    private const int LongestPacked = 4;
    private readonly HashSet<ulong> _packed = [];
    private readonly HashSet<string> _longer = new(StringComparer.Ordinal);
    private readonly int[] _lengths;
    private readonly SearchValues<string>? _search;

    /// <param name="names">Names as they are written; names of one character are left out.</param>
    public KnownNames(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (name.Length is >= 2 and <= LongestPacked) _packed.Add(Pack(name));
            else if (name.Length > LongestPacked) _longer.Add(name);
        }

        _lengths = [.. _longer.Select(n => n.Length).Distinct().OrderDescending()];
        if (_longer.Count > 0) _search = SearchValues.Create([.. _longer], StringComparison.Ordinal);
    }

    /// <summary>How many names are known.</summary>
    public int Count => _packed.Count + _longer.Count;

    /// <summary>Length of the longest known name of two to four characters at the start of <paramref name="text"/>, or 0.</summary>
    internal int LengthAt(ReadOnlySpan<char> text)
    {
        if (_packed.Count == 0) return 0;
        for (var length = Math.Min(LongestPacked, text.Length); length >= 2; length--)
        {
            if (_packed.Contains(Pack(text[..length]))) return length;
        }

        return 0;
    }

    /// <summary>Adds every known name of five characters or more that stands in the text.</summary>
    internal void FindLonger(ReadOnlySpan<char> text, List<Finding> findings)
    {
        if (_search is null) return;
        var names = _longer.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var at = 0; at < text.Length;)
        {
            var skip = text[at..].IndexOfAny(_search);
            if (skip < 0) return;
            at += skip;
            foreach (var length in _lengths)
            {
                if (length > text.Length - at || !names.Contains(text.Slice(at, length))) continue;
                findings.Add(new(at, length, IdentifierKind.Name));
                at += length - 1;
                break;
            }

            at++;
        }
    }

    private static ulong Pack(ReadOnlySpan<char> name)
    {
        var packed = 0UL;
        foreach (var character in name) packed = packed << 16 | character;
        return packed;
    }
}
