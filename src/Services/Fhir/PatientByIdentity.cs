using System.Text.RegularExpressions;
using Yunnao.Kernel;
using Yunnao.Services.Identity;
using Yunnao.Standards;

namespace Yunnao.Services.Fhir;

/// <summary>
/// Searches by what only the vault holds: <c>identifier=system|value</c>, <c>name</c>, <c>family</c> and <c>given</c> of Patient, and of the Patient that a reference of
/// another type leads to (<c>subject:Patient.family</c>). In a form they become the ids of those whom the caller may find (<see cref="PersonSearch"/>); in an address they are refused.
/// Who is called something is known by <see cref="NameBook"/>; where that is not, names are compared one by one, among the persons who fit the other conditions.
/// </summary>
public sealed partial class PatientByIdentity(Registry registry, ResourceBook book, FhirService service, PersonSearch search)
{
    private const string Patient = "Patient", Identifier = "identifier", OfAnySystem = "identifier", NoOne = "0";
    private const int MostFound = 5000;

    private readonly Dictionary<string, string> _kinds = Kinds(registry);
    private readonly bool _keepsAny = registry.DataSets.Values.Any(d => d.Items.Any(i => i.Identity == OfAnySystem));

    /// <summary>A parameter of this sort.</summary>
    /// <param name="Reference">The parameter that leads to the Patient; null when that is what is searched.</param>
    private readonly record struct OfVault(string? Reference, string Name, string Modifier);

    private static Problem TooWide { get; } = new(ProblemKind.Incorrect, "identity.too-wide", $"A name is compared with at most {PersonSearch.MostCompared} others and finds at most {MostFound} persons: add a date of birth, or write more of the name.", new(Path: "name"));

    /// <summary>Refuses such a value in an address. Problem: <c>fhir.only-in-body</c>.</summary>
    public Problem? Refuse(string type, IEnumerable<KeyValuePair<string, string>> address) => address.FirstOrDefault(p => Read(type, p) is not null) is { Key: { } name }
        ? new(ProblemKind.Incorrect, "fhir.only-in-body", $"What tells who somebody is, is no part of an address: send the same parameters as a form to POST {type}/_search.", new(Path: name))
        : null;

    /// <summary>The parameters of a form, with ids in place of such values. Problems: <c>fhir.value</c>, <c>identity.too-wide</c> and those of <see cref="PersonSearch"/> and of a search.</summary>
    public async Task<Result<IReadOnlyList<KeyValuePair<string, string>>>> ReplaceAsync(FhirCall call, string type, IReadOnlyList<KeyValuePair<string, string>> form, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(form);
        var (plain, names) = (new List<KeyValuePair<string, string>>(), new List<(string? Reference, NameQuestion Question)>());
        foreach (var parameter in form)
        {
            if (Read(type, parameter) is not { } wanted)
            {
                plain.Add(parameter);
                continue;
            }

            if (wanted.Name == Identifier)
            {
                if (!(await NumbersAsync(call, parameter.Value, cancellation).ConfigureAwait(false)).Try(out var ids, out var problem)) return problem;
                plain.Add(Among(wanted.Reference, ids));
                continue;
            }

            var part = wanted.Name switch { "family" => NamePart.Family, "given" => NamePart.Given, _ => NamePart.Any };
            names.Add((wanted.Reference, new(part, wanted.Modifier, [.. SearchCondition.Parts(parameter.Value, ',').Select(SearchCondition.Plain)])));
        }

        foreach (var asked in names.GroupBy(n => n.Reference, n => n.Question).ToList())
        {
            var narrowing = asked.Key is null ? plain.Where(p => !p.Key.StartsWith('_') || p.Key == SearchParameter.Id).ToList() : [];
            var matched = await search.FindByNameAsync(call.User, call.Purpose, [.. asked], among => PersonsAsync(among, narrowing), asked.Key is null ? MostFound : 0, cancellation).ConfigureAwait(false);
            if (!matched.Try(out var found, out var problem)) return problem;
            if (found.Count > MostFound) return TooWide;
            plain.Add(Among(asked.Key, [.. found.Select(f => $"{f}")]));
        }

        return plain;

        async Task<Result<List<ulong>>> PersonsAsync(IReadOnlyList<ulong>? among, List<KeyValuePair<string, string>> narrowing)
        {
            var persons = await service.PersonsAsync(call, among, narrowing, PersonSearch.MostCompared + 1, cancellation).ConfigureAwait(false);
            return persons.Ok && persons.Value.Count > PersonSearch.MostCompared ? TooWide : persons;
        }
    }

    /// <summary>The ids of identifiers, of which each names its system.</summary>
    private async Task<Result<List<string>>> NumbersAsync(FhirCall call, string values, CancellationToken cancellation)
    {
        var ids = new List<string>();
        foreach (var value in SearchCondition.Parts(values, ','))
        {
            if (SearchCondition.Parts(value, '|') is not [{ Length: > 0 } system, { Length: > 0 } number]) return new Problem(ProblemKind.Incorrect, "fhir.value", "An identifier is looked up in the vault by its system and its value: system|value.", new(Path: Identifier));
            var known = _kinds.TryGetValue(system, out var kind);
            if (!known && !_keepsAny) return new Problem(ProblemKind.Incorrect, "fhir.value", $"Identifiers of these systems are looked up: {string.Join(", ", _kinds.Keys)}.", new(Path: Identifier));
            if (!(await search.FindAsync(call.User, call.Purpose, known ? kind : OfAnySystem, known ? number : $"{system} {number}", cancellation).ConfigureAwait(false)).Try(out var found, out var problem)) return problem;
            ids.AddRange(found);
        }

        return ids;
    }

    private static KeyValuePair<string, string> Among(string? reference, List<string> ids)
    {
        if (ids.Count == 0) ids = [NoOne];
        return reference is null ? new(SearchParameter.Id, string.Join(',', ids)) : new(reference, string.Join(',', ids.Select(id => $"{Patient}/{id}")));
    }

    private OfVault? Read(string type, KeyValuePair<string, string> parameter)
    {
        if (NameOfParameter().Match(parameter.Key) is not { Success: true } match) return null;
        var (reference, name, modifier) = (match.Groups["reference"].Value, match.Groups["name"].Value, match.Groups["modifier"].Value);
        if (modifier.Length > 0 && name == Identifier) return null;
        if (reference.Length == 0) return type == Patient ? new(null, name, modifier) : null;
        return book.Find(type)?.Find(reference)?.FollowsTo == Patient ? new(reference, name, modifier) : null;
    }

    private static Dictionary<string, string> Kinds(Registry registry)
    {
        var kinds = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in registry.DataSets.Values.SelectMany(d => d.Items).Where(i => i.Identity is { } kind && Vault.LookupKinds.Contains(kind)))
        {
            if (item.Paths.TryGetValue("fhir", out var path) && IdentifierOfSystem().Match(path) is { Success: true } match) kinds.TryAdd(match.Groups[1].Value, item.Identity!);
        }

        return kinds;
    }

    [GeneratedRegex(@"\bidentifier\[system=([^\]]+)\]\.value")]
    private static partial Regex IdentifierOfSystem();

    [GeneratedRegex(@"^(?:(?<reference>[a-z-]+)(?::Patient)?\.)?(?<name>identifier|name|family|given)(?::(?<modifier>exact|contains))?$")]
    private static partial Regex NameOfParameter();
}
