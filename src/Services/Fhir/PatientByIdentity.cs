using System.Text.RegularExpressions;
using Yunnao.Kernel;
using Yunnao.Services.Identity;
using Yunnao.Standards;

namespace Yunnao.Services.Fhir;

/// <summary>
/// <c>Patient?identifier=system|value</c> where the value is in the vault and nowhere else: the parameter becomes the ids of those whom the caller may find
/// (<see cref="PersonSearch"/>). Which systems these are follows from the registry's FHIR paths.
/// </summary>
public sealed partial class PatientByIdentity(Registry registry, PersonSearch search)
{
    private const string Patient = "Patient", Identifier = "identifier", NoOne = "0";

    private readonly Dictionary<string, string> _kinds = Kinds(registry);

    /// <summary>Refuses such a value in an address. Problem: <c>fhir.only-in-body</c>.</summary>
    public Problem? Refuse(string type, IEnumerable<KeyValuePair<string, string>> address) => type == Patient && address.Any(IsOfVault)
        ? new(ProblemKind.Incorrect, "fhir.only-in-body", "An identity number is no part of an address: send the same parameters as a form to POST Patient/_search.", new(Path: Identifier))
        : null;

    /// <summary>The parameters of a form, with ids in place of such values. Problems: <c>fhir.value</c> and those of <see cref="PersonSearch.FindAsync"/>.</summary>
    public async Task<Result<KeyValuePair<string, string>[]>> ReplaceAsync(FhirCall call, string type, KeyValuePair<string, string>[] form, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(form);
        if (type != Patient) return form;
        var replaced = new List<KeyValuePair<string, string>>();
        foreach (var parameter in form)
        {
            if (!IsOfVault(parameter))
            {
                replaced.Add(parameter);
                continue;
            }

            var ids = new List<string>();
            foreach (var value in parameter.Value.Split(','))
            {
                var parts = SearchCondition.Parts(value, '|');
                if (parts is not [var system, var number] || !_kinds.TryGetValue(system, out var kind)) return new Problem(ProblemKind.Incorrect, "fhir.value", "The alternatives of an identifier are all of systems that are looked up in the vault, or none is.", new(Path: Identifier));
                if (!(await search.FindAsync(call.User, call.Purpose, kind, number, cancellation).ConfigureAwait(false)).Try(out var found, out var problem)) return problem;
                ids.AddRange(found);
            }

            replaced.Add(new("_id", ids.Count == 0 ? NoOne : string.Join(',', ids)));
        }

        return replaced.ToArray();
    }

    private bool IsOfVault(KeyValuePair<string, string> parameter) => parameter.Key == Identifier && parameter.Value.Split(',').Any(v => SearchCondition.Parts(v, '|') is [var system, _] && _kinds.ContainsKey(system));

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
}
