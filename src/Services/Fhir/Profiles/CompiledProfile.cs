using System.Text.Json;
using Yunnao.Standards;

namespace Yunnao.Services.Fhir.Profiles;

/// <summary>The snapshot of a profile as a tree of elements and a list of invariants.</summary>
internal sealed class CompiledProfile
{
    // Invariants of all elements and resources: what they say is the reader's to check, or about containment and narrative, which are not loaded.
    private static readonly string[] s_common = ["ele-", "ext-", "dom-"];

    private CompiledProfile(Profile profile, ProfileElement root, IReadOnlyList<ProfileRule> rules) => (Profile, Root, Rules) = (profile, root, rules);

    public Profile Profile { get; }

    public ProfileElement Root { get; }

    public IReadOnlyList<ProfileRule> Rules { get; }

    public static CompiledProfile Of(Profile profile)
    {
        // The elements keep parts of the document, so it is not disposed of.
        var elements = JsonDocument.Parse(profile.Json).RootElement.GetProperty("snapshot").GetProperty("element").EnumerateArray().ToList();
        var root = Read(elements[0], profile.Type, null);
        foreach (var element in elements.Skip(1)) Place(root, element);
        return new(profile, root, [.. elements.SelectMany(Rulings)]);
    }

    private static void Place(ProfileElement root, JsonElement element)
    {
        var at = root;
        var steps = Text(element, "id")!.Split('.');
        for (var i = 1; i < steps.Length; i++)
        {
            var (name, slice) = steps[i].Split(':', 2) is [var bare, var named] ? (bare, named) : (steps[i], null);
            var plain = name.EndsWith("[x]", StringComparison.Ordinal) ? name[..^3] : name;
            var last = i == steps.Length - 1;
            var own = at.Part(plain);
            if (last)
            {
                var made = Read(element, name, slice);
                if (slice is null) at.Parts.Add(made);
                else own?.Slices.Add(made);
                return;
            }

            var next = slice is null ? own : own?.Slices.Find(s => s.Slice == slice);
            if (next is null) return;
            at = next;
        }
    }

    private static ProfileElement Read(JsonElement element, string name, string? slice)
    {
        var choice = name.EndsWith("[x]", StringComparison.Ordinal);
        var slicing = Get(element, "slicing");
        return new(choice ? name[..^3] : name, slice, choice)
        {
            Least = Get(element, "min") is { ValueKind: JsonValueKind.Number } least ? least.GetInt32() : 0,
            Most = int.TryParse(Text(element, "max"), out var most) ? most : null,
            Types = [.. List(element, "type").Select(t => new ProfileType(Text(t, "code") ?? "", Texts(t, "profile"), Texts(t, "targetProfile"))).Where(t => t.Code.Length > 0)],
            Fixed = Starting(element, "fixed"), Pattern = Starting(element, "pattern"),
            Binding = Get(element, "binding") is { ValueKind: JsonValueKind.Object } binding && Text(binding, "strength") is "required" or "extensible" && Text(binding, "valueSet") is { } set ? new(Text(binding, "strength") == "required", ProfileBook.Plain(set)) : null,
            Discriminators = [.. List(slicing, "discriminator").Select(d => (Text(d, "type") ?? "", Text(d, "path") ?? ""))],
            Closed = Text(slicing, "rules") == "closed",
        };
    }

    private static IEnumerable<ProfileRule> Rulings(JsonElement element)
    {
        // What is said of a slice is said of the element too, or is the slice's own and rare.
        if (Text(element, "id")!.Contains(':', StringComparison.Ordinal)) yield break;
        var path = Text(element, "path")!;
        var at = path.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? path[(dot + 1)..].Replace("[x]", "", StringComparison.Ordinal) : "";
        foreach (var rule in List(element, "constraint"))
        {
            if (Text(rule, "key") is { } key && Text(rule, "expression") is { } expression && !s_common.Any(c => key.StartsWith(c, StringComparison.Ordinal)))
                yield return new(at, key, expression, Text(rule, "severity") == "error");
        }
    }

    private static JsonElement Starting(JsonElement element, string name) => element.EnumerateObject().FirstOrDefault(p => p.Name.StartsWith(name, StringComparison.Ordinal)).Value;

    private static JsonElement Get(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var found) ? found : default;

    private static string? Text(JsonElement of, string name) => Get(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static List<JsonElement> List(JsonElement of, string name) => Get(of, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private static List<string> Texts(JsonElement of, string name) => [.. List(of, name).Select(t => t.GetString()!)];
}
