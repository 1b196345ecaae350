using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.Fhir.Writing;
using Yunnao.Services.FhirPath;
using Yunnao.Services.Views.Types;
using Yunnao.Standards;

namespace Yunnao.Services.Fhir.Profiles;

/// <summary>The profiles of the registry, and its value sets by their canonical addresses. A profile is compiled when it is first asked for.</summary>
public sealed class ProfileBook
{
    private const string Core = "http://hl7.org/fhir/StructureDefinition/";

    private readonly Registry _registry;
    private readonly ConcurrentDictionary<string, CompiledProfile> _compiled = new(StringComparer.Ordinal);
    private readonly FrozenDictionary<string, ValueSet> _valueSets;
    private readonly FrozenDictionary<string, string> _bases;

    /// <summary>A book over a registry.</summary>
    public ProfileBook(Registry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _registry = registry;
        _valueSets = registry.ValueSets.Values.Where(v => v.Source.Contains("://", StringComparison.Ordinal)).GroupBy(v => Plain(v.Source), StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _bases = registry.Profiles.Values.Where(p => p.IsBase).GroupBy(p => p.Type, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.First().Url, StringComparer.Ordinal);
    }

    internal FhirPathEvaluator Paths { get; } = new();

    /// <summary>A canonical address without its version.</summary>
    internal static string Plain(string canonical) => canonical.IndexOf('|', StringComparison.Ordinal) is >= 0 and var bar ? canonical[..bar] : canonical;

    /// <summary>Addresses of the profiles of a type, for the CapabilityStatement.</summary>
    internal IEnumerable<string> Of(string type) => _registry.Profiles.Values.Where(p => p.Type == type && !p.IsBase).Select(p => p.Url).Order(StringComparer.Ordinal);

    /// <summary>The profile of a canonical address; null when it is not here, or not in that version.</summary>
    internal CompiledProfile? Find(string canonical)
    {
        var url = Plain(canonical);
        if (!_registry.Profiles.TryGetValue(url, out var profile) || (url.Length < canonical.Length && profile.Version != canonical[(url.Length + 1)..])) return null;
        return _compiled.GetOrAdd(url, _ => CompiledProfile.Of(profile));
    }

    /// <summary>A value set by its canonical address; null when the registry does not have it.</summary>
    internal ValueSet? ValueSet(string canonical) => _valueSets.GetValueOrDefault(canonical);

    /// <summary>The type that a profile or the address of a type is about; null when it is not known.</summary>
    internal string? TypeOf(string canonical) =>
        _registry.Profiles.TryGetValue(Plain(canonical), out var profile) ? profile.Type
        : canonical.StartsWith(Core, StringComparison.Ordinal) && Plain(canonical)[Core.Length..] is var name && (FhirTypes.IsResource(name) || name == "Resource") ? name : null;

    /// <summary>
    /// Holds a resource that was sent against the profiles that it names, those that the caller names, and the definition of its type if the registry has one.
    /// What is wrong goes to its issues, what deserves a look to its warnings. Codes: <c>fhir.profile-*</c>.
    /// </summary>
    /// <param name="named">Profiles that the caller asks for; one that is not here is an issue.</param>
    internal void Check(SentEntry entry, byte[] body, IReadOnlyList<string> named)
    {
        if (entry.Type.Length == 0 || entry.At.End <= entry.At.Start || (entry.Profiles.Count == 0 && named.Count == 0 && !_bases.ContainsKey(entry.Type))) return;
        using var document = JsonDocument.Parse(body.AsMemory(entry.At.Start, entry.At.End - entry.At.Start));
        var known = entry.Issues.Select(i => i.Expression).ToHashSet(StringComparer.Ordinal);
        var check = new ProfileCheck(this, document.RootElement, entry.Type);
        foreach (var canonical in named.Concat(entry.Profiles).Concat(_bases.TryGetValue(entry.Type, out var own) ? [own] : []).Distinct(StringComparer.Ordinal))
        {
            if (Find(canonical) is { } profile) check.Against(profile);
            else if (TypeOf(canonical) == entry.Type) continue;
            else if (named.Contains(canonical)) check.Add(new(ProblemKind.Incorrect, "fhir.profile-unknown", "The registry does not have this profile; GET /fhir/metadata lists those that it has."), $"{entry.Type}.meta.profile");
            else check.Warn(new(ProblemKind.Incorrect, "fhir.profile-unknown", "The registry does not have a profile that the resource names, so it was not held against it."), $"{entry.Type}.meta.profile");
        }

        // What the reader has said of a place is not said again in other words.
        entry.Issues.AddRange(check.Issues.Where(i => !known.Contains(i.Expression)));
        entry.Warnings.AddRange(check.Warnings);
    }
}
