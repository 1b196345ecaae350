using System.Globalization;

namespace Yunnao.Services.Grouping;

/// <summary>A range of whole numbers, both ends in it, written <c>1500..1999</c>, <c>..28</c> or <c>65..</c>; without ends everything, also what is not known, is in it.</summary>
internal readonly record struct WholeRange(int? From, int? To)
{
    public bool Has(int? value) => (From is null && To is null) || (value is { } v && !(v < From) && !(v > To));

    /// <summary>False for a text that is no range; empty is everything.</summary>
    public static bool TryParse(string text, out WholeRange range)
    {
        range = default;
        if (text.Length == 0) return true;
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0 || !End(text.AsSpan(0, dots), out var from) || !End(text.AsSpan(dots + 2), out var to) || (from ?? to) is null || from > to) return false;
        range = new(from, to);
        return true;
    }

    public override string ToString() => From is null && To is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{From}..{To}");

    private static bool End(ReadOnlySpan<char> text, out int? end)
    {
        end = null;
        if (text.IsEmpty) return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        end = value;
        return true;
    }
}
