using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>
/// The structure of FHIR R4 compiled for checking: names, types and repetition from the table of types, what must be there and the codes of required
/// enumerations from Firely's model. A type is compiled when it is first met, and serves all readers.
/// </summary>
internal static class RuleBook
{
    private const int MostSlots = 64;

    private static readonly ConcurrentDictionary<string, TypeRules> s_compiled = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<Type, FrozenSet<string>> s_codes = new();
    private static readonly Lock s_compiling = new();

    /// <summary>The rules of a resource type; null when there is no such type.</summary>
    public static TypeRules? OfResource(string type)
    {
        if (s_compiled.TryGetValue(type, out var rules)) return rules;
        if (!FhirTypes.IsResource(type)) return null;
        lock (s_compiling)
        {
            if (s_compiled.TryGetValue(type, out rules)) return rules;

            // Types refer to each other and to themselves: they are all there before any is given out.
            var made = new Dictionary<string, TypeRules>(StringComparer.Ordinal);
            Compile(type, ModelInfo.ModelInspector.FindClassMapping(type), made);
            foreach (var (name, one) in made.Where(m => m.Key != type)) s_compiled.TryAdd(name, one);
            return s_compiled[type] = made[type];
        }
    }

    private static TypeRules Compile(string type, ClassMapping? model, Dictionary<string, TypeRules> made)
    {
        if (s_compiled.TryGetValue(type, out var known) || made.TryGetValue(type, out known)) return known;
        var rules = made[type] = new();
        var slot = 0;
        if (FhirTypes.IsResource(type)) rules.Add(new("resourceType", "code", slot++, false, false, null, ElementWatch.None));
        foreach (var element in FhirTypes.Elements(type))
        {
            if (slot >= MostSlots) throw new InvalidOperationException($"{type} has more elements than the reader counts.");
            var property = model?.FindMappedElementByName(element.Name);
            foreach (var one in element.Types)
            {
                var name = element.Choice ? element.Name + char.ToUpperInvariant(one[0]) + one[1..] : element.Name;
                var rule = new ElementRule(name, one, slot, element.Many, false, Codes(property), Watch(type, element.Name)) { Targets = one == "Reference" ? Targets(property) : null };
                rules.Add(rule);
                if (rule.Primitive == PrimitiveKind.None)
                {
                    if (one != "Resource") rule.Parts = Compile(one, Model(one, property), made);
                }
                else
                {
                    rules.Add(new($"_{name}", "Element", slot, element.Many, true, null, ElementWatch.None) { Parts = Compile("Element", null, made) });
                }
            }

            if (property?.IsMandatoryElement == true) rules.Require(slot, element.Name);
            slot++;
        }

        return rules;
    }

    private static ClassMapping? Model(string type, PropertyMapping? property) =>
        type.Contains('.', StringComparison.Ordinal) ? property is null ? null : ModelInfo.ModelInspector.FindClassMapping(property.ImplementingType) : ModelInfo.ModelInspector.FindClassMapping(type);

    private static FrozenSet<string>? Codes(PropertyMapping? property)
    {
        if (property?.ImplementingType is not { IsGenericType: true } type || type.GetGenericTypeDefinition() != typeof(Code<>)) return null;
        return s_codes.GetOrAdd(type.GetGenericArguments()[0], e => Enum.GetValues(e).Cast<Enum>().Select(v => v.GetLiteral()).OfType<string>().ToFrozenSet(StringComparer.Ordinal));
    }

    private static FrozenSet<string>? Targets(PropertyMapping? property) =>
        property?.NativeProperty?.GetCustomAttributes<ReferencesAttribute>().Where(r => r.Since <= Hl7.Fhir.Specification.FhirRelease.R4).MaxBy(r => r.Since)?.Resources is { Length: > 0 } types && !types.Contains("Resource") ? types.ToFrozenSet(StringComparer.Ordinal) : null;

    private static ElementWatch Watch(string type, string name) => (type, name) switch
    {
        ("Reference", "reference") => ElementWatch.Reference,
        ("Meta", "profile") => ElementWatch.Profile,
        ("Bundle", "type") => ElementWatch.BundleType,
        ("Bundle", "entry") => ElementWatch.Entries,
        ("Bundle.entry", "fullUrl") => ElementWatch.FullUrl,
        ("Bundle.entry", "resource") => ElementWatch.Resource,
        ("Bundle.entry.request", "method") => ElementWatch.Method,
        ("Bundle.entry.request", "url") => ElementWatch.Url,
        ("Bundle.entry.request", "ifNoneExist") => ElementWatch.IfNoneExist,
        ("Bundle.entry.request", "ifMatch") => ElementWatch.IfMatch,
        (_, "id") when FhirTypes.IsResource(type) => ElementWatch.Id,
        _ => ElementWatch.None,
    };
}
