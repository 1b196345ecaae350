using System.Globalization;
using Yunnao.Kernel;

namespace Yunnao.Services.Privacy;

/// <summary>How a column of a file is made coarser.</summary>
/// <param name="Number">True for numbers: intervals.</param>
/// <param name="Prefixes">For codes the lengths of coarser ones, ascending.</param>
public sealed record ColumnSpec(string Name, bool Number, IReadOnlyList<int> Prefixes)
{
    /// <summary>
    /// Reads <c>age:number</c>, <c>division:2,4</c> or <c>sex</c>. Problem: <c>privacy.column</c>.
    /// </summary>
    public static Result<ColumnSpec> Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0) return new ColumnSpec(text, false, []);
        var (name, form) = (text[..colon], text[(colon + 1)..]);
        if (form == "number") return new ColumnSpec(name, true, []);
        var prefixes = new List<int>();
        foreach (var part in form.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length < 1)
                return new Problem(ProblemKind.Incorrect, "privacy.column", "A column is written as name, name:number or name:2,4 (lengths of its coarser codes).");
            prefixes.Add(length);
        }

        return new ColumnSpec(name, false, [.. prefixes.Order()]);
    }
}
