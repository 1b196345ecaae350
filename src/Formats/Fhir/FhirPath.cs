using System.Globalization;
using System.Text;

namespace Yunnao.Formats.Fhir;

/// <summary>A path such as <c>telecom[system=phone].value</c>, <c>..subject.reference</c> or <c>Observation.valueQuantity.value</c>.</summary>
/// <param name="Type">The resource type that it began with, or null.</param>
/// <param name="FromResource">True when it began with <c>..</c>: from the resource also where a child makes the row.</param>
internal sealed record FhirPath(string? Type, bool FromResource, FhirStep[] Steps)
{
    /// <summary>Reads a path; null when it is none.</summary>
    public static FhirPath? Parse(string text, JsonNames names)
    {
        var fromResource = text.StartsWith("..", StringComparison.Ordinal);
        if (fromResource) text = text[2..].TrimStart('/');
        if (ParseSteps(text, names) is not { } steps) return null;
        if (fromResource || !char.IsAsciiLetterUpper(text[0])) return new(null, fromResource, steps);
        var isTypeOnly = steps[0].Index >= 0 || steps[0].Filter is not null || steps.Length == 1;
        return isTypeOnly ? null : new(steps[0].Text, false, steps[1..]);
    }

    /// <summary>The path for rows of a resource type that are made by a child (or by the resource, null); null when it is for another type.</summary>
    /// <remarks>A path that begins with the type is from the resource, unless it goes on with the child's name.</remarks>
    public FhirPath? For(string type, FhirStep[]? row)
    {
        if (Type is null) return this with { FromResource = FromResource || row is null };
        if (Type != type) return null;
        if (row is null) return this with { FromResource = true };
        var intoRow = Steps.Length > row.Length;
        for (var i = 0; intoRow && i < row.Length; i++) intoRow = Steps[i].Name == row[i].Name && Steps[i].Filter is null && Steps[i].Index < 0;
        return intoRow ? new(Type, false, Steps[row.Length..]) : this with { FromResource = true };
    }

    public static FhirStep[]? ParseSteps(string text, JsonNames names)
    {
        var steps = new List<FhirStep>();
        foreach (var part in SplitAtDots(text))
        {
            if (ParseStep(part.Trim(), names) is not { } step) return null;
            steps.Add(step);
        }

        return [.. steps];
    }

    private static FhirStep? ParseStep(string text, JsonNames names)
    {
        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        var name = bracket < 0 ? text : text[..bracket];
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) return null;
        if (bracket < 0) return new(name, names.Add(name), -1, null, []);
        if (text[^1] != ']') return null;
        var inside = text[(bracket + 1)..^1];
        if (inside.Length is > 0 and < 6 && inside.All(char.IsAsciiDigit)) return new(name, names.Add(name), int.Parse(inside, CultureInfo.InvariantCulture), null, []);
        var equals = inside.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1 || ParseSteps(inside[..equals].Trim(), names) is not { } filter) return null;
        var value = inside[(equals + 1)..].Trim();
        if (value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0]) value = value[1..^1];
        return value.Length == 0 ? null : new(name, names.Add(name), -1, filter, Encoding.UTF8.GetBytes(value));
    }

    private static List<string> SplitAtDots(string text)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '[') depth++;
            else if (text[i] == ']') depth--;
            else if (text[i] == '.' && depth == 0)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }
}
