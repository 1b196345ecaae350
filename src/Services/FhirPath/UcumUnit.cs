using System.Globalization;

namespace Yunnao.Services.FhirPath;

/// <summary>
/// A unit of UCUM (The Unified Code for Units of Measure, 2.2) as a factor and powers of the base units m, s, g, rad, K, C, cd. Known are the metric prefixes and
/// the units below that are ratios; scales with an offset or a logarithm (Cel, [degF], pH) and arbitrary units ([IU]) are not, and stand for themselves alone.
/// </summary>
/// <param name="Factor">In base units.</param>
/// <param name="Powers">Of the seven base units, in the order above.</param>
internal sealed record UcumUnit(decimal Factor, int[] Powers)
{
    private const string Bases = "m s g rad K C cd";

    private static readonly Dictionary<string, int> s_prefixes = new(StringComparer.Ordinal)
    {
        ["T"] = 12, ["G"] = 9, ["M"] = 6, ["k"] = 3, ["h"] = 2, ["da"] = 1, ["d"] = -1, ["c"] = -2, ["m"] = -3, ["u"] = -6, ["n"] = -9, ["p"] = -12, ["f"] = -15,
    };

    /// <summary>Metric units take prefixes.</summary>
    private static readonly Dictionary<string, (decimal Value, string Unit, bool Metric)> s_units = new(StringComparer.Ordinal)
    {
        ["10*"] = (10, "1", false), ["10^"] = (10, "1", false), ["%"] = (0.01m, "1", false), ["[ppth]"] = (0.001m, "1", false), ["[ppm]"] = (0.000001m, "1", false),
        ["mol"] = (602213670000000000000000m, "1", true), ["osm"] = (1, "mol", true), ["eq"] = (1, "mol", true), ["kat"] = (1, "mol/s", true), ["U"] = (1, "umol/min", true),
        ["min"] = (60, "s", false), ["h"] = (60, "min", false), ["d"] = (24, "h", false), ["wk"] = (7, "d", false), ["a"] = (365.25m, "d", false), ["mo"] = (30.4375m, "d", false),
        ["Hz"] = (1, "s-1", true), ["N"] = (1, "kg.m/s2", true), ["Pa"] = (1, "N/m2", true), ["bar"] = (100000, "Pa", true), ["m[Hg]"] = (133.3220m, "kPa", true), ["m[H2O]"] = (9.80665m, "kPa", true),
        ["J"] = (1, "N.m", true), ["cal"] = (4.184m, "J", true), ["W"] = (1, "J/s", true), ["A"] = (1, "C/s", true), ["V"] = (1, "J/C", true), ["Ohm"] = (1, "V/A", true), ["S"] = (1, "Ohm-1", true),
        ["Bq"] = (1, "s-1", true), ["Gy"] = (1, "J/kg", true), ["Sv"] = (1, "J/kg", true), ["L"] = (1, "dm3", true), ["l"] = (1, "dm3", true), ["t"] = (1000, "kg", true),
        ["[in_i]"] = (2.54m, "cm", false), ["[ft_i]"] = (12, "[in_i]", false), ["[gr]"] = (64.79891m, "mg", false), ["[lb_av]"] = (7000, "[gr]", false), ["[oz_av]"] = (437.5m, "[gr]", false),
    };

    /// <summary>Reads a code such as <c>mg/dL</c>, <c>kg.m-2</c> or <c>10*3/uL</c>; null where it is not known.</summary>
    public static UcumUnit? Of(string code)
    {
        try
        {
            var (unit, sign) = (new UcumUnit(1, new int[7]), 1);
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
    public string Base => string.Join('.', Bases.Split(' ').Zip(Powers).Where(p => p.Second != 0).Select(p => p.Second == 1 ? p.First : string.Create(CultureInfo.InvariantCulture, $"{p.First}{p.Second}"))) is { Length: > 0 } text ? text : "1";

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
        if (int.TryParse(term, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number == 0 ? null : new(number, new int[7]);

        // The exponent stands behind the name; 10* and 10^ are names that end in a sign.
        var end = term.Length;
        while (end > 0 && char.IsAsciiDigit(term[end - 1])) end--;
        if (end > 0 && end < term.Length && term[end - 1] is '-' or '+') end--;
        var power = end == term.Length ? 1 : int.Parse(term[end..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (Atom(term[..end]) is not { } atom || power is < -20 or > 20) return null;
        var unit = new UcumUnit(1, new int[7]);
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
        if (Array.IndexOf(Bases.Split(' '), name) is >= 0 and var index) return (new(1, [.. Enumerable.Range(0, 7).Select(i => i == index ? 1 : 0)]), true);
        return s_units.TryGetValue(name, out var known) && Of(known.Unit) is { } unit ? (unit with { Factor = unit.Factor * known.Value }, known.Metric) : null;
    }
}
