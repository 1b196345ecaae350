using Yunnao.Services.Views.Types;
using Yunnao.Standards;

namespace Yunnao.Services.Fhir;

/// <summary>The tables of <c>standards/fhir</c>: what neither the registry nor the model of FHIR says. They are part of the room, so that it reads no files.</summary>
internal static class FhirFacts
{
    private static readonly Lazy<Dictionary<string, string>> s_systems = new(() => EmbeddedTable.Rows("fhir/systems.csv").ToDictionary(r => r[0], r => r[1], StringComparer.Ordinal));
    private static readonly Lazy<ILookup<string, string[]>> s_back = new(() => EmbeddedTable.Rows("fhir/codes-back.csv").ToLookup(r => r[0], StringComparer.Ordinal));
    private static readonly Lazy<Dictionary<string, string>> s_purposes = new(() => EmbeddedTable.Rows("fhir/purposes.csv").ToDictionary(r => r[0], r => r[1], StringComparer.Ordinal));

    /// <summary>The code system of an element whose codes are of one, by its path; or null.</summary>
    public static string? SystemOf(string path) => s_systems.Value.GetValueOrDefault(path);

    /// <summary>What a role asks FHIR resources for when it does not say; or null.</summary>
    public static string? PurposeOf(string role) => s_purposes.Value.GetValueOrDefault(role);

    /// <summary>A code map turned round: of several codes that became one of ours, the one that <c>codes-back.csv</c> names, or the first name of a code system.</summary>
    public static CodesBack Back(CodeMap map, ValueSet? set)
    {
        var named = s_back.Value[map.Id].ToDictionary(r => r[1], r => r[2], StringComparer.Ordinal);
        var back = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var group in map.Codes.Where(c => !FhirTypes.IsResource(c.Key)).GroupBy(c => c.Value, c => c.Key, StringComparer.Ordinal))
        {
            var codes = group.ToList();
            back[group.Key] = named.GetValueOrDefault(group.Key) ?? (codes.Count == 1 || codes.TrueForAll(c => c.Contains(':', StringComparison.Ordinal)) ? codes[0] : null);
        }

        // What stands for no code system, and our own codes that FHIR has no word for.
        foreach (var ours in map.Codes.Values.Concat(set?.Codes.Keys ?? [])) back.TryAdd(ours, null);
        return new(back);
    }
}
