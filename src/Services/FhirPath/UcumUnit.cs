using System.Globalization;

namespace Yunnao.Services.FhirPath;

/// <summary>
/// A unit of UCUM (The Unified Code for Units of Measure, 2.2) as a factor and powers of the base units m, s, g, rad, K, C, cd. Known are the rows
/// of <c>ucum.csv</c>: bases, prefixes (powers of ten), units, and metric units, which take prefixes; a unit is so many of another. Scales with an
/// offset or a logarithm (Cel, [degF], pH) and arbitrary units ([IU]) are not, and stand for themselves alone.
/// </summary>
/// <param name="Factor">In base units.</param>
/// <param name="Powers">Of the base units, in the order above.</param>
internal sealed record UcumUnit(decimal Factor, int[] Powers)
{
    private static readonly List<string[]> s_rows = EmbeddedTable.Rows("ucum.csv");
    private static readonly string[] s_bases = [.. s_rows.Where(r => r[0] == "base").Select(r => r[1])];
    private static readonly Dictionary<string, int> s_prefixes = s_rows.Where(r => r[0] == "prefix").ToDictionary(r => r[1], r => int.Parse(r[2], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    private static readonly Dictionary<string, (decimal Value, string Unit, bool Metric)> s_units = s_rows.Where(r => r[0] is "unit" or "metric")
        .ToDictionary(r => r[1], r => (decimal.Parse(r[2], CultureInfo.InvariantCulture), r[3], r[0] == "metric"), StringComparer.Ordinal);

    /// <summary>Reads a code such as <c>mg/dL</c>, <c>kg.m-2</c> or <c>10*3/uL</c>; null where it is not known.</summary>
    public static UcumUnit? Of(string code)
    {
        try
        {
            var (unit, sign) = (new UcumUnit(1, new int[s_bases.Length]), 1);
            foreach (var (term, divides) in Terms(code))
            {
                if (term.Length == 0 && divides) continue;
                sign = divides ? -1 : 1;
                if (Term(term) is not { } part) return null;
                unit = unit.Times(part, sign);
            }

            return unit;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>A product, or with -1 a quotient. Throws <see cref="OverflowException"/>.</summary>
    public UcumUnit Times(UcumUnit other, int sign) => new(sign > 0 ? Factor * other.Factor : Factor / other.Factor, [.. Powers.Zip(other.Powers, (a, b) => a + (sign * b))]);

    /// <summary>The same dimension.</summary>
    public bool Fits(UcumUnit other) => Powers.SequenceEqual(other.Powers);

    /// <summary>The code of the base units alone.</summary>
    public string Base => string.Join('.', s_bases.Zip(Powers).Where(p => p.Second != 0).Select(p => p.Second == 1 ? p.First : string.Create(CultureInfo.InvariantCulture, $"{p.First}{p.Second}"))) is { Length: > 0 } text ? text : "1";

    /// <summary>Parts between points and strokes; what is in braces is a remark, brackets belong to names. Codes with parentheses are not known.</summary>
    private static IEnumerable<(string Term, bool Divides)> Terms(string code)
    {
        var (start, divides, depth) = (0, false, 0);
        for (var i = 0; i <= code.Length; i++)
        {
            if (i < code.Length && code[i] is '[' or '{') depth++;
            else if (i < code.Length && code[i] is ']' or '}') depth--;
            else if (depth == 0 && (i == code.Length || code[i] is '.' or '/'))
            {
                if (i > 0) yield return (Plain(code[start..i]), divides);
                (start, divides) = (i + 1, i < code.Length && code[i] == '/');
            }
        }
    }

    private static string Plain(string term) => term.IndexOf('{', StringComparison.Ordinal) is >= 0 and var at ? at == 0 ? "1" : term[..at] : term;

    private static UcumUnit? Term(string term)
    {
        if (int.TryParse(term, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number == 0 ? null : new(number, new int[s_bases.Length]);

        // The exponent stands behind the name; 10* and 10^ are names that end in a sign.
        var end = term.Length;
        while (end > 0 && char.IsAsciiDigit(term[end - 1])) end--;
        if (end > 0 && end < term.Length && term[end - 1] is '-' or '+') end--;
        var power = end == term.Length ? 1 : int.Parse(term[end..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (Atom(term[..end]) is not { } atom || power is < -20 or > 20) return null;
        var unit = new UcumUnit(1, new int[s_bases.Length]);
        for (var i = 0; i < Math.Abs(power); i++) unit = unit.Times(atom, Math.Sign(power));
        return unit;
    }

    private static UcumUnit? Atom(string name)
    {
        if (Known(name) is { } whole) return whole.Unit;
        foreach (var length in (int[])[1, 2])
        {
            if (name.Length <= length || !s_prefixes.TryGetValue(name[..length], out var power) || Known(name[length..]) is not { Metric: true } metric) continue;
            var factor = 1m;
            for (var i = 0; i < Math.Abs(power); i++) factor *= 10;
            return metric.Unit with { Factor = power > 0 ? metric.Unit.Factor * factor : metric.Unit.Factor / factor };
        }

        return null;
    }

    private static (UcumUnit Unit, bool Metric)? Known(string name)
    {
        if (Array.IndexOf(s_bases, name) is >= 0 and var index) return (new(1, [.. Enumerable.Range(0, s_bases.Length).Select(i => i == index ? 1 : 0)]), true);
        return s_units.TryGetValue(name, out var known) && Of(known.Unit) is { } unit ? (unit with { Factor = unit.Factor * known.Value }, known.Metric) : null;
    }
}
