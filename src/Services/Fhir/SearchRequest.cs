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

    /// <summary>What the matches are ordered by; empty for their own order.</summary>
    public IReadOnlyList<SearchSort> Sort { get; init; } = [];

    /// <summary>True when only the number of matches is asked for.</summary>
    public bool OnlyCount { get; init; }

    /// <summary>True when the number of all matches is asked for.</summary>
    public bool Total { get; init; }

    /// <summary>Elements that are wanted; null for all.</summary>
    public IReadOnlySet<string>? Elements { get; init; }

    /// <summary>What comes with the matches.</summary>
    public IReadOnlyList<IncludeRule> Includes { get; init; } = [];

    /// <summary>Names that were not understood and are left out, for whoever asked leniently.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>The one person that the search is about, where it names one by number.</summary>
    public ulong? Subject
    {
        get
        {
            var about = Conditions.FirstOrDefault(c => c.Then is null && c.Modifier is "" or "Patient" && c.Values.Count == 1 && (c.Parameter.FollowsTo == "Patient" || (c.Parameter.Kind == SearchKind.Id && Type.Name == "Patient")));
            return about is not null && ulong.TryParse(SearchCondition.IdOf(about.Values[0]), NumberStyles.None, CultureInfo.InvariantCulture, out var subject) ? subject : null;
        }
    }

    /// <summary>Reads the parameters. Problems: <c>fhir.parameter</c>, <c>fhir.modifier</c>, <c>fhir.value</c>, <c>fhir.only-in-body</c>, <c>fhir.sort</c>, <c>fhir.include</c>.</summary>
    /// <param name="book">The types that chains and includes lead to.</param>
    /// <param name="lenient">True leaves out what is not understood, and says so.</param>
    /// <param name="inAddress">True refuses values that are no part of an address.</param>
    public static Result<SearchRequest> Read(ResourceType type, ResourceBook book, IEnumerable<KeyValuePair<string, string>> parameters, bool lenient, bool inAddress)
    {
        var (request, conditions, includes, ignored) = (new SearchRequest(type), new List<SearchCondition>(), new List<IncludeRule>(), new List<string>());
        var reader = new ConditionReader(book, inAddress);
        foreach (var (name, value) in parameters)
        {
            if (name is "_format" or "_pretty" || value.Length == 0) continue;
            Problem? read;
            if (name is "_include" or "_include:iterate" or "_revinclude" or "_revinclude:iterate") read = Include(type, book, name, value, includes);
            else if (!name.StartsWith('_') || ConditionReader.Reads(name)) read = reader.Read(type, name, value).Try(out var condition, out var wrong) ? Add(conditions, condition) : wrong;
            else read = Control(ref request, name, value);
            if (read is null) continue;
            if (!lenient || read.Code is not ("fhir.parameter" or "fhir.modifier" or "fhir.include" or "fhir.sort")) return read;
            ignored.Add(name);
        }

        return request with { Conditions = conditions, Includes = includes, Ignored = ignored };
    }

    private static Problem? Add(List<SearchCondition> conditions, SearchCondition condition)
    {
        conditions.Add(condition);
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

    /// <summary><c>Observation:subject</c>, with a type after it or without; <c>*</c> for all that lead somewhere.</summary>
    private static Problem? Include(ResourceType type, ResourceBook book, string name, string value, List<IncludeRule> includes)
    {
        var (reverse, iterate, parts) = (name.StartsWith("_rev", StringComparison.Ordinal), name.EndsWith(":iterate", StringComparison.Ordinal), value.Split(':'));
        IEnumerable<(ResourceType Of, SearchParameter Link)> wanted = parts switch
        {
            ["*"] or ["*", "*"] when !reverse => type.Parameters.Where(p => p.FollowsTo is not null).Select(p => (type, p)),
            [var of, var parameter, .. var rest] when book.Find(of == "*" ? type.Name : of) is { } from && (reverse || iterate || from == type) && from.Find(parameter) is { FollowsTo: { } to } link
                && (rest is [] || rest[0] == to) && (!reverse || iterate || to == type.Name) => [(from, link)],
            _ => [],
        };
        var rules = wanted.Select(w => new IncludeRule(w.Of, w.Link, reverse, iterate)).ToList();
        if (rules.Count == 0)
        {
            var possible = string.Join(", ", reverse ? book.ReverseIncludes(type) : type.Includes);
            return new(ProblemKind.Incorrect, "fhir.include", possible.Length > 0 ? $"What may come along is {possible}." : reverse ? (Sentence)$"No other resources refer to {type.Name}." : $"{type.Name} refers to no other resources.", new(Path: name));
        }

        includes.AddRange(rules.Where(r => !includes.Contains(r)));
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
            case ("_summary", "data"): return null;
            case ("_summary", "text"): request = request with { Elements = new HashSet<string>(StringComparer.Ordinal) }; return null;
            case ("_summary", "true"): request = request with { Elements = R4.Summary(request.Type.Name).ToHashSet(StringComparer.Ordinal) }; return null;
            case ("_summary", _): return Wrong(name, "_summary is true, text, data, count or false.");
            case ("_elements", _):
                var head = $"{request.Type.Name}.";
                request = request with { Elements = value.Split(',', StringSplitOptions.TrimEntries).Select(e => e.StartsWith(head, StringComparison.Ordinal) ? e[head.Length..] : e).ToHashSet(StringComparer.Ordinal) };
                return null;
            case ("_sort", _): return Order(ref request, value);
            default: return new(ProblemKind.Incorrect, "fhir.parameter", $"{name} is not answered; of the parameters of every type _id, _lastUpdated, _has, _count, _sort, _total, _summary, _elements, _include and _revinclude are.", new(Path: name));
        }
    }

    private static Problem? Order(ref SearchRequest request, string value)
    {
        var (sort, type) = (new List<SearchSort>(), request.Type);
        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            var descending = part.StartsWith('-');
            if (type.Find(descending ? part[1..] : part) is not { } parameter || !SearchSort.Sorts(parameter, type))
            {
                return new(ProblemKind.Incorrect, "fhir.sort", $"{type.Name} is sorted by {string.Join(", ", type.Parameters.Where(p => SearchSort.Sorts(p, type)).Select(p => p.Name))}, with a minus for the last first.", new(Path: "_sort"));
            }

            sort.Add(new(parameter, descending));
        }

        request = request with { Sort = sort };
        return null;
    }

    private static Problem Wrong(string name, Sentence message) => new(ProblemKind.Incorrect, "fhir.value", message, new(Path: name));
}
