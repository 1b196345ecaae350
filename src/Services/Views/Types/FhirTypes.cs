using System.Collections.Frozen;

namespace Yunnao.Services.Views.Types;

/// <summary>
/// The types of FHIR R4 and their elements, from <c>fhir-r4.txt</c>: a line a type (<c>Patient resource</c>, <c>Patient.contact</c>), then a
/// line an element, with a blank before: name, type (those of a choice separated by <c>|</c>, <c>?</c> behind them), <c>*</c> when it repeats.
/// A test of tests/Conformance holds the file against the published model.
/// </summary>
internal static class FhirTypes
{
    private static readonly FrozenSet<string> s_texts =
        FrozenSet.ToFrozenSet(["string", "code", "id", "markdown", "xhtml", "base64Binary", "uri", "url", "canonical", "oid", "uuid"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> s_integers = FrozenSet.ToFrozenSet(["integer", "positiveInt", "unsignedInt"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> s_temporals = FrozenSet.ToFrozenSet(["date", "dateTime", "instant", "time"], StringComparer.Ordinal);

    private static readonly Dictionary<string, string[]> s_children = new(StringComparer.Ordinal)
    {
        ["string"] = ["code", "id", "markdown"],
        ["uri"] = ["url", "canonical", "oid", "uuid"],
        ["integer"] = ["positiveInt", "unsignedInt"],
        ["Quantity"] = ["Age", "Count", "Distance", "Duration"],
    };

    private static readonly Lazy<(FrozenDictionary<string, FrozenDictionary<string, FhirElement>> Types, FrozenSet<string> Resources)> s_model = new(Load);

    /// <summary>True of a resource type that can be instantiated.</summary>
    public static bool IsResource(string type) => s_model.Value.Resources.Contains(type);

    public static bool IsPrimitive(string type) => s_texts.Contains(type) || s_integers.Contains(type) || s_temporals.Contains(type) || type is "boolean" or "decimal";

    public static bool IsText(string type) => s_texts.Contains(type);

    public static bool IsInteger(string type) => s_integers.Contains(type);

    public static bool IsTemporal(string type) => s_temporals.Contains(type);

    public static bool IsNumber(string type) => IsInteger(type) || type == "decimal";

    /// <summary>True when the type is known, primitive or not.</summary>
    public static bool IsKnown(string type) => IsPrimitive(type) || s_model.Value.Types.ContainsKey(type);

    /// <summary>True when every value of <paramref name="type"/> is also a <paramref name="ancestor"/>.</summary>
    public static bool Is(string type, string ancestor) => type == ancestor || ancestor switch
    {
        "Resource" => IsResource(type),
        "DomainResource" => IsResource(type) && type is not ("Bundle" or "Binary" or "Parameters"),
        _ => s_children.TryGetValue(ancestor, out var children) && children.Contains(type),
    };

    /// <summary>An element of a type, or null.</summary>
    public static FhirElement? Element(string type, string name) =>
        s_model.Value.Types.TryGetValue(type, out var elements) ? elements.GetValueOrDefault(name)
        : IsPrimitive(type) && name is "extension" ? s_model.Value.Types["Element"]["extension"] : null;

    /// <summary>All elements of a type, or of a part of one such as <c>Observation.component</c>.</summary>
    public static IEnumerable<FhirElement> Elements(string type) => s_model.Value.Types.TryGetValue(type, out var elements) ? elements.Values : [];

    private static (FrozenDictionary<string, FrozenDictionary<string, FhirElement>> Types, FrozenSet<string> Resources) Load()
    {
        var types = new Dictionary<string, FrozenDictionary<string, FhirElement>>(StringComparer.Ordinal);
        var resources = new List<string>();
        var (name, elements) = ("", new List<FhirElement>());
        using var stream = typeof(FhirTypes).Assembly.GetManifestResourceStream("fhir-r4.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == ' ')
            {
                elements.Add(Element(line));
                continue;
            }

            Keep();
            (name, elements) = (line.Split(' ')[0], []);
            if (line.EndsWith(" resource", StringComparison.Ordinal) && name is not ("Resource" or "DomainResource")) resources.Add(name);
        }

        Keep();
        return (types.ToFrozenDictionary(StringComparer.Ordinal), resources.ToFrozenSet(StringComparer.Ordinal));

        void Keep()
        {
            if (name.Length > 0) types.Add(name, elements.ToFrozenDictionary(e => e.Name, StringComparer.Ordinal));
        }
    }

    private static FhirElement Element(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var choice = parts[1].Contains('?', StringComparison.Ordinal);
        return new(parts[0], parts[1].TrimEnd('*', '?').Split('|'), parts[1].EndsWith('*'), choice);
    }
}
