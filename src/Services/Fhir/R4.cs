using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Fhir;

/// <summary>What FHIR R4 itself says of elements and search parameters, from the table of types and from Firely's model; nothing of it is written down twice.</summary>
internal static class R4
{
    public const string Version = "4.0.1";

    /// <summary>An element as a path names it.</summary>
    /// <param name="Type">FHIR type of its value; of a part of a resource its path, such as <c>Observation.component</c>.</param>
    /// <param name="Choice">The name before <c>[x]</c> of an element of which only one type may be there; else null.</param>
    public sealed record Found(string Type, bool Many, string? Choice);

    /// <summary>The element of a property name such as <c>code</c> or <c>valueQuantity</c>; null when the type has none.</summary>
    public static Found? Element(string type, string name)
    {
        if (FhirTypes.Element(type, name) is { } plain) return plain.Choice ? null : new(plain.Types[0], plain.Many, null);
        for (var cut = name.Length - 1; cut > 0; cut--)
        {
            if (!char.IsAsciiLetterUpper(name[cut]) || FhirTypes.Element(type, name[..cut]) is not { Choice: true } choice) continue;
            if (choice.Types.FirstOrDefault(t => string.Equals(t, name[cut..], StringComparison.OrdinalIgnoreCase)) is { } one) return new(one, choice.Many, name[..cut]);
        }

        return null;
    }

    /// <summary>Of the types that an element may have, those that say more come first: a quantity rather than its text.</summary>
    public static int Rank(string type) => type switch
    {
        _ when FhirTypes.IsNumber(type) || FhirTypes.Is(type, "Quantity") => 0,
        "Period" or "Range" => 1,
        _ when FhirTypes.IsTemporal(type) => 2,
        "boolean" => 6,
        _ when FhirTypes.IsText(type) => 5,
        _ => 3,
    };

    /// <summary>The elements of a resource type that must be there.</summary>
    public static IEnumerable<PropertyMapping> Mandatory(string type) => Class(type).PropertyMappings.Where(p => p.IsMandatoryElement);

    /// <summary>The elements of a resource type that <c>_summary=true</c> asks for.</summary>
    public static IEnumerable<string> Summary(string type) => Class(type).PropertyMappings.Where(p => p.InSummary).Select(p => p.Name);

    /// <summary>True when an element's codes have one that says that nobody knows.</summary>
    public static bool KnowsUnknown(PropertyMapping element)
    {
        var type = element.ImplementingType;
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Code<>) && EnumUtility.ParseLiteral("unknown", type.GetGenericArguments()[0]) is not null;
    }

    /// <summary>The search parameters of a resource type that have paths.</summary>
    public static IEnumerable<SearchParamDefinition> Parameters(string type) => ModelInfo.SearchParameters.Where(p => p.Resource == type && p.Path is { Length: > 0 });

    private static ClassMapping Class(string type) => ModelInfo.ModelInspector.FindClassMapping(type) ?? throw new InvalidOperationException($"FHIR R4 has no {type}.");
}
