using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Services.DataServices;

namespace Yunnao.Services.Fhir;

/// <summary>A search as it was written, read against the parameters of its type.</summary>
internal sealed record SearchRequest(ResourceType Type)
{
    public const int UsualPage = 20, LongestPage = 1000;

    /// <summary>All of them hold.</summary>
    public IReadOnlyList<SearchCondition> Conditions { get; init; } = [];

    /// <summary>Most matches of a page.</summary>
    public int Count { get; init; } = UsualPage;

    public SearchParameter? Sort { get; init; }

    public bool Descending { get; init; }

    /// <summary>True when only the number of matches is asked for.</summary>
    public bool OnlyCount { get; init; }

    /// <summary>True when the number of all matches is asked for.</summary>
    public bool Total { get; init; }

    /// <summary>Elements that are wanted; null for all.</summary>
    public IReadOnlySet<string>? Elements { get; init; }

    /// <summary>References whose resources come with the matches.</summary>
    public IReadOnlyList<SearchParameter> Includes { get; init; } = [];

    /// <summary>Names that were not understood and are left out, for whoever asked leniently.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>The one person that the search is about, where it names one by number.</summary>
    public ulong? Subject
    {
        get
        {
            var about = Conditions.FirstOrDefault(c => c.Modifier is "" or "Patient" && c.Values.Count == 1 && (c.Parameter.FollowsTo == "Patient" || (c.Parameter.Kind == SearchKind.Id && Type.Name == "Patient")));
            return about is not null && ulong.TryParse(SearchCondition.IdOf(about.Values[0]), NumberStyles.None, CultureInfo.InvariantCulture, out var subject) ? subject : null;
        }
    }

    /// <summary>Reads the parameters. Problems: <c>fhir.parameter</c>, <c>fhir.modifier</c>, <c>fhir.value</c>, <c>fhir.only-in-body</c>, <c>fhir.sort</c>, <c>fhir.include</c>.</summary>
    /// <param name="lenient">True leaves out what is not understood, and says so.</param>
    /// <param name="inAddress">True refuses values that are no part of an address.</param>
    public static Result<SearchRequest> Read(ResourceType type, IEnumerable<KeyValuePair<string, string>> parameters, bool lenient, bool inAddress)
    {
        var (request, conditions, includes, ignored) = (new SearchRequest(type), new List<SearchCondition>(), new List<SearchParameter>(), new List<string>());
        foreach (var (name, value) in parameters)
        {
            if (name is "_format" or "_pretty" || value.Length == 0) continue;
            var read = name switch
            {
                "_include" or "_include:iterate" => Include(type, name, value, includes),
                ['_', ..] when !name.StartsWith(SearchParameter.Id, StringComparison.Ordinal) => Control(ref request, name, value),
                _ => Condition(type, name, value, inAddress, conditions),
            };
            if (read is null) continue;
            if (!lenient || read.Code is not ("fhir.parameter" or "fhir.modifier" or "fhir.include" or "fhir.sort")) return read;
            ignored.Add(name);
        }

        return request with { Conditions = conditions, Includes = includes, Ignored = ignored };
    }

    private static Problem? Condition(ResourceType type, string name, string text, bool inAddress, List<SearchCondition> conditions)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var (bare, modifier) = colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);
        if (type.Find(bare) is not { } parameter)
        {
            return new(ProblemKind.Incorrect, "fhir.parameter", $"{type.Name} is searched by {string.Join(", ", type.Parameters.Select(p => p.Name))}; Prefer: handling=lenient leaves out what is not among them.", new(Path: name));
        }

        var known = (parameter.Kind, modifier) switch
        {
            (_, "") => true,
            (SearchKind.Id, _) => false,
            (_, "missing") => true,
            (SearchKind.Token, "not") or (SearchKind.String, "exact" or "contains") or (SearchKind.Reference, "identifier") => true,
            (SearchKind.Reference, _) => modifier == parameter.FollowsTo,
            _ => false,
        };
        if (!known) return new(ProblemKind.Incorrect, "fhir.modifier", $"{bare} takes {(parameter.Kind switch { SearchKind.Token => ":not, :missing", SearchKind.String => ":exact, :contains, :missing", SearchKind.Reference => ":identifier, :missing", SearchKind.Id => "no modifier", _ => ":missing" })}; chains are not followed.", new(Path: name));
        if (inAddress && modifier != "missing" && OnlyInBody(type, parameter, modifier) is { } item)
        {
            return new(ProblemKind.Incorrect, "fhir.only-in-body", $"Values of {item} could tell who somebody is, so they are no part of an address: send the same parameters as a form to POST /fhir/{type.Name}/_search.", new(Path: name));
        }

        conditions.Add(new(parameter, modifier, SearchCondition.Parts(text, ',')));
        return null;
    }

    /// <summary>
    /// The item of a parameter whose values are no part of an address; null when there is none. Ids are the platform's own numbers or pseudonyms:
    /// a read has them in its address, and so may a search.
    /// </summary>
    public static string? OnlyInBody(ResourceType type, SearchParameter parameter, string modifier) =>
        parameter.Kind == SearchKind.Id || (parameter.FollowsTo is not null && modifier != "identifier")
            ? null
            : type.Sources.SelectMany(s => parameter.In(s).Select(t => t.Leaf?.Item).OfType<Standards.Item>().Where(i => QuestionReader.OnlyInBody(s.Shape.DataSet, i.Name)).Select(i => $"{s.DataSet}.{i.Name}")).FirstOrDefault();

    private static Problem? Include(ResourceType type, string name, string value, List<SearchParameter> includes)
    {
        var parts = value.Split(':');
        var wanted = parts switch
        {
            ["*"] or ["*", "*"] => type.Parameters.Where(p => p.FollowsTo is not null).ToList(),
            [var of, var parameter, ..] when of == type.Name || of == "*" => type.Find(parameter) is { FollowsTo: not null } one ? [one] : [],
            _ => [],
        };
        if (wanted.Count == 0 || name != "_include") return new(ProblemKind.Incorrect, "fhir.include", $"What may come along is {string.Join(", ", type.Includes)}.", new(Path: name));
        includes.AddRange(wanted.Where(w => !includes.Contains(w)));
        return null;
    }

    private static Problem? Control(ref SearchRequest request, string name, string value)
    {
        switch (name, value)
        {
            case ("_count", _):
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return Wrong(name, $"_count is a whole number up to {LongestPage}.");
                request = count == 0 ? request with { OnlyCount = true } : request with { Count = Math.Min(count, LongestPage) };
                return null;
            case ("_total", "none"): return null;
            case ("_total", "estimate" or "accurate"): request = request with { Total = true }; return null;
            case ("_total", _): return Wrong(name, "_total is none, estimate or accurate.");
            case ("_summary", "false"): return null;
            case ("_summary", "count"): request = request with { OnlyCount = true }; return null;
            case ("_summary", "true"): request = request with { Elements = R4.Summary(request.Type.Name).ToHashSet(StringComparer.Ordinal) }; return null;
            case ("_summary", _): return Wrong(name, "_summary is true, false or count; resources here carry no narrative.");
            case ("_elements", _):
                var head = $"{request.Type.Name}.";
                request = request with { Elements = value.Split(',', StringSplitOptions.TrimEntries).Select(e => e.StartsWith(head, StringComparison.Ordinal) ? e[head.Length..] : e).ToHashSet(StringComparer.Ordinal) };
                return null;
            case ("_sort", _): return Order(ref request, value);
            default: return new(ProblemKind.Incorrect, "fhir.parameter", $"{name} is not answered; of the parameters of every type _id, _count, _sort, _total, _summary, _elements and _include are.", new(Path: name));
        }
    }

    private static Problem? Order(ref SearchRequest request, string value)
    {
        var (name, type) = (value.TrimStart('-'), request.Type);
        var fits = type.Find(name) is { Kind: SearchKind.Date } parameter && type.Name != "Patient" && type.Sources.All(s => parameter.In(s) is [{ Leaf: not null }, ..]);
        if (!fits)
        {
            var may = type.Name == "Patient" ? [] : type.Parameters.Where(p => p.Kind == SearchKind.Date && type.Sources.All(s => p.In(s) is [{ Leaf: not null }, ..])).Select(p => p.Name).ToList();
            return new(ProblemKind.Incorrect, "fhir.sort", may.Count == 0 ? $"{type.Name} has one order, that of its ids." : $"{type.Name} is sorted by one of {string.Join(", ", may)}, with a minus for the last first.", new(Path: "_sort"));
        }

        request = request with { Sort = type.Find(name), Descending = value[0] == '-' };
        return null;
    }

    private static Problem Wrong(string name, string message) => new(ProblemKind.Incorrect, "fhir.value", message, new(Path: name));
}
