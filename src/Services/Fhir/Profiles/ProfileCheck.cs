using System.Globalization;
using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Yunnao.Kernel;
using Yunnao.Services.Fhir.Writing;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Fhir.Profiles;

/// <summary>
/// Holds a resource against profiles (FHIR R4, 5.1): how often elements are there, types, fixed values and patterns, codes of value sets that the registry has, what
/// references lead to, slices by value, pattern, existence and type, and invariants. Messages never repeat a value of the resource.
/// </summary>
internal sealed class ProfileCheck(ProfileBook book, JsonElement resource, string type)
{
    private const int MostIssues = 50, MostDepth = 32;

    private readonly HashSet<(string, string)> _said = [];

    public List<FhirIssue> Issues { get; } = [];

    public List<FhirIssue> Warnings { get; } = [];

    public void Add(Problem problem, string at)
    {
        if (Issues.Count < MostIssues && _said.Add((problem.Code, at))) Issues.Add(new(problem, at));
    }

    public void Warn(Problem problem, string at)
    {
        if (Warnings.Count < MostIssues && _said.Add((problem.Code, at))) Warnings.Add(new(problem, at));
    }

    public void Against(CompiledProfile profile)
    {
        if (profile.Profile.Type != type)
        {
            Add(new(ProblemKind.Incorrect, "fhir.profile-type", $"The profile {profile.Profile.Url} is about {profile.Profile.Type}."), $"{type}.meta.profile");
            return;
        }

        Parts(profile.Root, resource, type, 0);
        Invariants(profile);
    }

    private void Parts(ProfileElement of, JsonElement value, string path, int depth)
    {
        if (value.ValueKind != JsonValueKind.Object || depth > MostDepth) return;
        foreach (var part in of.Parts)
        {
            var values = Values(part, value, path);
            Count(part, values.Count, $"{path}.{part.Name}");
            foreach (var one in values) Value(part, one, depth);
            if (part.Slices.Count > 0) Slices(part, values, $"{path}.{part.Name}", depth);
        }
    }

    /// <summary>A value of an element, with its type and its place. A value of which only extensions are there is undefined.</summary>
    private readonly record struct Found(JsonElement Json, string? Type, string Path);

    private static List<Found> Values(ProfileElement element, JsonElement of, string path)
    {
        var values = new List<Found>();
        foreach (var property in of.EnumerateObject())
        {
            var shadow = property.Name[0] == '_';
            var name = shadow ? property.Name[1..] : property.Name;
            var itsType = name == element.Name ? element.Types.Count == 1 ? element.Types[0].Code : null : element.Choice && name.StartsWith(element.Name, StringComparison.Ordinal) ? TypeNamed(name[element.Name.Length..]) : null;
            if (name != element.Name && itsType is null) continue;

            // Of a value with extensions both names stand there; the value counts.
            if (shadow && of.TryGetProperty(name, out _)) continue;
            if (property.Value.ValueKind != JsonValueKind.Array) values.Add(new(shadow ? default : property.Value, itsType, $"{path}.{name}"));
            else
            {
                var number = 0;
                foreach (var one in property.Value.EnumerateArray()) values.Add(new(shadow || one.ValueKind == JsonValueKind.Null ? default : one, itsType, $"{path}.{name}[{(number++).ToString(CultureInfo.InvariantCulture)}]"));
            }
        }

        return values;
    }

    private static string? TypeNamed(string end) =>
        end.Length == 0 || !char.IsAsciiLetterUpper(end[0]) ? null : FhirTypes.IsKnown(end) ? end : char.ToLowerInvariant(end[0]) + end[1..] is var lower && FhirTypes.IsKnown(lower) ? lower : null;

    private void Count(ProfileElement element, int count, string path)
    {
        Sentence what = element.Slice is { } slice ? $"The slice {slice}" : (Sentence)"The element";
        if (count < element.Least) Add(new(ProblemKind.Incorrect, "fhir.profile-cardinality", $"{what} must be there {element.Least} times or more by the profile, and is {count}."), path);
        else if (count > element.Most) Add(new(ProblemKind.Incorrect, "fhir.profile-cardinality", element.Most == 0 ? (Sentence)$"{what} must not be there by the profile." : $"{what} may be there {element.Most} times at most by the profile, and is {count}."), path);
    }

    private void Value(ProfileElement element, Found found, int depth)
    {
        var (json, itsType, path) = found;
        if (element.Choice && itsType is not null && element.Types.Count > 0 && !element.Types.Any(t => FhirTypes.Is(itsType, t.Code)))
        {
            Add(new(ProblemKind.Incorrect, "fhir.profile-type", $"The profile wants one of the types {string.Join(", ", element.Types.Select(t => t.Code))}."), path);
            return;
        }

        if (json.ValueKind == JsonValueKind.Undefined) return;
        if (element.Fixed.ValueKind != JsonValueKind.Undefined && !JsonElement.DeepEquals(element.Fixed, json)) Add(new(ProblemKind.Incorrect, "fhir.profile-value", $"The profile fixes this value: {Short(element.Fixed)}."), path);
        if (element.Pattern.ValueKind != JsonValueKind.Undefined && !Contains(json, element.Pattern)) Add(new(ProblemKind.Incorrect, "fhir.profile-value", $"The value does not have what the profile wants in it: {Short(element.Pattern)}."), path);
        if (element.Binding is { } binding) Code(binding, json, path);
        foreach (var one in element.Types.Where(t => t.Code == "Reference" && (element.Types.Count == 1 || itsType == "Reference"))) Reference(one, json, path);
        if (element.Types is [{ Profiles.Count: > 0 } only] && only.Profiles.Select(book.Find).OfType<CompiledProfile>().ToList() is { Count: 1 } profiles && only.Profiles.Count == 1) Parts(profiles[0].Root, json, path, depth + 1);
        if (element.Parts.Count > 0) Parts(element, json, path, depth + 1);
    }

    private void Slices(ProfileElement element, List<Found> values, string path, int depth)
    {
        var counts = new int[element.Slices.Count];
        foreach (var value in values)
        {
            var of = element.Slices.FindIndex(s => IsOf(element, s, value));
            if (of >= 0)
            {
                counts[of]++;
                Value(element.Slices[of], value, depth);
            }
            else if (element.Closed) Add(new(ProblemKind.Incorrect, "fhir.profile-slice", $"The profile takes only {string.Join(", ", element.Slices.Select(s => s.Slice))} here."), value.Path);
        }

        for (var i = 0; i < counts.Length; i++) Count(element.Slices[i], counts[i], path);
    }

    /// <summary>True when a value is of a slice by all discriminators of the element.</summary>
    private bool IsOf(ProfileElement element, ProfileElement slice, Found value)
    {
        if (element.Discriminators.Count == 0) return slice.Fixed.ValueKind != JsonValueKind.Undefined || slice.Pattern.ValueKind != JsonValueKind.Undefined ? Fits(slice, value.Json) : element.Choice && slice.Types.Any(t => t.Code == value.Type);
        foreach (var (kind, path) in element.Discriminators)
        {
            if (kind == "type" && path == "$this")
            {
                if (value.Type is null || !slice.Types.Any(t => FhirTypes.Is(value.Type, t.Code))) return false;
                continue;
            }

            if (path == "url" && slice.Types is [{ Code: "Extension", Profiles: [var extension, ..] }])
            {
                if (!(value.Json.ValueKind == JsonValueKind.Object && value.Json.TryGetProperty("url", out var url) && url.ValueKind == JsonValueKind.String && url.GetString() == ProfileBook.Plain(extension))) return false;
                continue;
            }

            var (wanted, at) = (slice, new List<JsonElement> { value.Json });
            foreach (var step in path == "$this" ? [] : path.Split('.'))
            {
                wanted = wanted?.Part(step) ?? wanted?.Slices.Select(s => s.Part(step)).FirstOrDefault(p => p is not null);
                at = [.. at.SelectMany(v => v.ValueKind == JsonValueKind.Object && v.TryGetProperty(step, out var next) ? next.ValueKind == JsonValueKind.Array ? next.EnumerateArray().ToArray() : [next] : [])];
            }

            if (wanted is null) return false;
            var there = at.Exists(v => v.ValueKind != JsonValueKind.Undefined);
            if (kind == "exists" ? there != (wanted.Most != 0) : !at.Exists(v => Fits(wanted, v))) return false;
        }

        return true;
    }

    /// <summary>True when a value has what an element and its parts fix, and is of its value set.</summary>
    private bool Fits(ProfileElement wanted, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Undefined) return false;
        if (wanted.Fixed.ValueKind != JsonValueKind.Undefined) return JsonElement.DeepEquals(wanted.Fixed, value);
        if (wanted.Pattern.ValueKind != JsonValueKind.Undefined) return Contains(value, wanted.Pattern);
        if (wanted.Binding is { Required: true } binding && book.ValueSet(binding.ValueSet) is { } set) return CodesOf(value).Any(c => IsIn(set, c));
        var parts = wanted.Parts.Concat(wanted.Parts.SelectMany(p => p.Slices)).Where(Says).ToList();
        return parts.Count > 0 && value.ValueKind == JsonValueKind.Object && parts.TrueForAll(p => value.TryGetProperty(p.Name, out var next) && (next.ValueKind == JsonValueKind.Array ? next.EnumerateArray().Any(n => Fits(p, n)) : Fits(p, next)));

        static bool Says(ProfileElement element) => element.Fixed.ValueKind != JsonValueKind.Undefined || element.Pattern.ValueKind != JsonValueKind.Undefined || element.Parts.Exists(Says) || element.Slices.Exists(s => s.Least > 0 && Says(s));
    }

    private void Code(ProfileBinding binding, JsonElement value, string path)
    {
        if (book.ValueSet(binding.ValueSet) is not { } set) return;
        var codes = CodesOf(value).ToList();
        if (codes.Exists(c => IsIn(set, c)) || (codes.Count == 0 && !binding.Required)) return;
        var problem = new Problem(ProblemKind.Incorrect, "fhir.profile-code", binding.Required
            ? (Sentence)$"No code of the value set {binding.ValueSet} ({set.Id}) is here, which the profile requires."
            : $"No code of the value set {binding.ValueSet} ({set.Id}) is here, which the profile wants wherever it has a code that fits.");
        if (binding.Required) Add(problem, path);
        else Warn(problem, path);
    }

    /// <summary>The codes in a code, Coding, CodeableConcept or Quantity, with their systems where they have them.</summary>
    private static IEnumerable<(string? System, string Code)> CodesOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return [(null, value.GetString()!)];
        if (value.ValueKind != JsonValueKind.Object) return [];
        if (value.TryGetProperty("coding", out var codings)) return codings.ValueKind == JsonValueKind.Array ? codings.EnumerateArray().SelectMany(CodesOf) : [];
        return value.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String ? [(value.TryGetProperty("system", out var system) && system.ValueKind == JsonValueKind.String ? system.GetString() : null, code.GetString()!)] : [];
    }

    /// <summary>True when a set has a code; a set of several systems says of each code which it is of.</summary>
    private static bool IsIn(Standards.ValueSet set, (string? System, string Code) code) =>
        set.Codes.TryGetValue(code.Code, out var known) && (code.System is null || !known.Attributes.TryGetValue("system", out var system) || system == code.System);

    private void Reference(ProfileType wanted, JsonElement value, string path)
    {
        if (wanted.Targets.Count == 0 || value.ValueKind != JsonValueKind.Object) return;
        var to = value.TryGetProperty("reference", out var reference) && reference.ValueKind == JsonValueKind.String && reference.GetString()!.Split('/') is [.., var named, _] && FhirTypes.IsResource(named) ? named
            : value.TryGetProperty("type", out var typed) && typed.ValueKind == JsonValueKind.String ? typed.GetString() : null;
        if (to is null) return;
        var types = wanted.Targets.Select(book.TypeOf).ToList();
        if (types.Contains(null) || types.Contains("Resource") || types.Contains(to)) return;
        Add(new(ProblemKind.Incorrect, "fhir.profile-reference", $"By the profile the reference leads to one of {string.Join(", ", types.Distinct())}."), path);
    }

    private void Invariants(CompiledProfile profile)
    {
        if (profile.Rules.Count == 0) return;
        PocoNode root;
        try
        {
            root = new FhirJsonDeserializer(new DeserializerSettings().UsingMode(DeserializationMode.Recoverable)).DeserializeResource(resource.GetRawText()).ToPocoNode();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or DeserializationFailedException)
        {
            // What keeps it from being read is an issue of structure already.
            return;
        }

        foreach (var rule in profile.Rules)
        {
            IReadOnlyList<PocoNode> focuses = [root];
            if (rule.At.Length > 0 && (!book.Paths.Evaluate(root, rule.At).Try(out focuses!, out _) || focuses.Count == 0)) continue;
            for (var i = 0; i < focuses.Count; i++)
            {
                if (!book.Paths.Evaluate(focuses[i], rule.Expression, root).Try(out var answer, out _))
                {
                    Warn(new(ProblemKind.Incorrect, "fhir.profile-invariant", $"The invariant {rule.Key} of the profile could not be evaluated."), Place(rule, focuses.Count, i));
                    continue;
                }

                if (answer.Count == 0 || answer is [{ Poco: FhirBoolean { Value: true } }] || answer[0].Poco.ToString() is "true") continue;
                var problem = new Problem(ProblemKind.Incorrect, "fhir.profile-invariant", $"The invariant {rule.Key} of the profile does not hold: {rule.Expression}");
                if (rule.IsError) Add(problem, Place(rule, focuses.Count, i));
                else Warn(problem, Place(rule, focuses.Count, i));
            }
        }
    }

    private string Place(ProfileRule rule, int count, int number) => rule.At.Length == 0 ? type : count == 1 ? $"{type}.{rule.At}" : string.Create(CultureInfo.InvariantCulture, $"{type}.{rule.At}[{number}]");

    private static bool Contains(JsonElement value, JsonElement pattern) => pattern.ValueKind switch
    {
        JsonValueKind.Object => value.ValueKind == JsonValueKind.Object && pattern.EnumerateObject().All(p => value.TryGetProperty(p.Name, out var part) && Contains(part, p.Value)),
        JsonValueKind.Array => value.ValueKind == JsonValueKind.Array && pattern.EnumerateArray().All(p => value.EnumerateArray().Any(v => Contains(v, p))),
        _ => JsonElement.DeepEquals(value, pattern),
    };

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 200 } text ? $"{text[..200]}…" : value.GetRawText();
}
