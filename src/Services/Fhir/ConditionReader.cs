using Yunnao.Kernel;

namespace Yunnao.Services.Fhir;

/// <summary>Reads a parameter of a search with its modifier, along chains (<c>encounter.class</c>, <c>subject:Patient.gender</c>) and against them (<c>_has:Condition:patient:code</c>); FHIR R4, 3.1.1.5.</summary>
/// <param name="inAddress">True refuses values that are no part of an address.</param>
internal sealed class ConditionReader(ResourceBook book, bool inAddress)
{
    private const string Has = "_has:";
    private const int LongestChain = 4;

    /// <summary>True of the names with an underscore that are conditions.</summary>
    public static bool Reads(string name) => name.StartsWith(Has, StringComparison.Ordinal) || name.Split(':', '.')[0] is SearchParameter.Id or SearchParameter.Updated;

    /// <summary>The condition of a parameter. Problems: <c>fhir.parameter</c>, <c>fhir.modifier</c>, <c>fhir.only-in-body</c>.</summary>
    public Result<SearchCondition> Read(ResourceType type, string name, string text) => Read(type, name, text, name, 0);

    /// <param name="whole">The name as it was written.</param>
    private Result<SearchCondition> Read(ResourceType type, string name, string text, string whole, int depth)
    {
        if (depth > LongestChain) return Unknown($"A chain has at most {LongestChain} references.", whole);
        if (name.StartsWith(Has, StringComparison.Ordinal)) return Reverse(type, name, text, whole, depth);
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var (bare, modifier) = Cut(dot < 0 ? name : name[..dot]);
        if (type.Find(bare) is not { } parameter)
            return Unknown($"{type.Name} is searched by {string.Join(", ", type.Parameters.Select(p => p.Name))}; Prefer: handling=lenient leaves out what is not among them.", whole);
        if (dot >= 0) return Forward(parameter, modifier, name[(dot + 1)..], text, whole, depth);
        if (!Takes(parameter, modifier)) return new Problem(ProblemKind.Incorrect, "fhir.modifier", Modifiers(parameter) is { } taken ? $"{bare} takes {taken}." : (Sentence)$"{bare} takes no modifier.", new(Path: whole));
        if (inAddress && modifier is not ("missing" or "in" or "not-in") && SearchRequest.OnlyInBody(type, parameter, modifier) is { } item)
            return new Problem(ProblemKind.Incorrect, "fhir.only-in-body", $"Values of {item} could tell who somebody is, so they are no part of an address: send the same parameters as a form to POST …/_search.", new(Path: whole));
        return new SearchCondition(parameter, modifier, SearchCondition.Parts(text, ','));
    }

    private Result<SearchCondition> Forward(SearchParameter link, string modifier, string rest, string text, string whole, int depth)
    {
        if (link.FollowsTo is not { } to || book.Find(to) is not { } type || (modifier.Length > 0 && modifier != to))
            return Unknown(link.FollowsTo is { } only ? (Sentence)$"{link.Name} leads to resources of {only}." : $"{link.Name} leads to no resource here, so nothing is asked of what it leads to.", whole);
        return Read(type, rest, text, whole, depth + 1).Try(out var then, out var problem) ? new SearchCondition(link, "", []) { Then = new(type, Reverse: false, then) } : problem;
    }

    private Result<SearchCondition> Reverse(ResourceType type, string name, string text, string whole, int depth)
    {
        if (name.Split(':', 4) is not [_, var of, var reference, var rest] || book.Find(of) is not { } from || from.Find(reference) is not { } link || link.FollowsTo != type.Name)
            return Unknown($"_has names a type, one of its references to {type.Name} and what is asked, such as _has:{book.ReverseIncludes(type).FirstOrDefault() ?? "Observation:patient"}:code.", whole);
        return Read(from, rest, text, whole, depth + 1).Try(out var then, out var problem) ? new SearchCondition(link, "", []) { Then = new(from, Reverse: true, then) } : problem;
    }

    private static (string Bare, string Modifier) Cut(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);
    }

    private static bool Takes(SearchParameter parameter, string modifier) => (parameter.Kind, modifier) switch
    {
        (_, "") => true,
        (SearchKind.Id or SearchKind.Updated, _) => false,
        (_, "missing") => true,
        (SearchKind.Token, "not" or "in" or "not-in" or "text") or (SearchKind.String, "exact" or "contains") or (SearchKind.Reference, "identifier") => true,
        (SearchKind.Reference, _) => modifier == parameter.FollowsTo,
        _ => false,
    };

    private static string? Modifiers(SearchParameter parameter) => parameter.Kind switch
    {
        SearchKind.Token => ":not, :in, :not-in, :text, :missing",
        SearchKind.String => ":exact, :contains, :missing",
        SearchKind.Reference => ":identifier, :missing",
        SearchKind.Id or SearchKind.Updated => null,
        _ => ":missing",
    };

    private static Problem Unknown(Sentence message, string name) => new(ProblemKind.Incorrect, "fhir.parameter", message, new(Path: name));
}
