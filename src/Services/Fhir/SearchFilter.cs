using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.DataServices;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>From a condition of a search to a filter over a source, as the Scope shows its columns: what cannot be seen cannot be searched by.</summary>
internal sealed class SearchFilter(ResourceSource source, ScopedTable table, FhirReading reading)
{
    private const int LongestValueSet = 2000;

    private static readonly Filter s_never = new Filter.Or([]);

    /// <summary>The filter of a condition whose values are alternatives. Problems: <c>fhir.value</c>, <c>fhir.modifier</c>, <c>scope.item</c>.</summary>
    public Result<Filter> Of(SearchCondition condition)
    {
        if (condition.Then is { } step) return Chain(condition.Parameter, step);
        if (condition.Parameter.Kind == SearchKind.Updated) return Arrived(condition);
        var targets = condition.Parameter.In(source);
        if (condition.Modifier == "missing") return Missing(condition, targets);
        var ways = new List<Filter>();
        foreach (var value in condition.Values)
        {
            if (condition.Parameter.Kind == SearchKind.Id) ways.Add(Key(source.IdColumn, value));
            foreach (var target in targets)
            {
                if (!One(condition, target, value).Try(out var filter, out var problem)) return problem;
                ways.Add(filter);
            }
        }

        var any = Any(ways);
        return condition.Modifier is "not" or "not-in" ? new Filter.Not(any) : any;
    }

    /// <summary>Any of them. Those that want a value of one column are one condition: to plan a hundred comparisons takes longer than the search.</summary>
    public static Filter Any(IReadOnlyList<Filter> ways)
    {
        if (ways is [var only]) return only;
        var parts = new List<Filter>();
        foreach (var same in ways.GroupBy(w => w is Filter.Compare { Comparison: Comparison.Equal } equal ? equal.Name : null))
        {
            if (same.Key is { } column && same.Skip(1).Any()) parts.Add(new Filter.In(column, [.. same.Select(w => ((Filter.Compare)w).Value)]));
            else parts.AddRange(same);
        }

        return parts is [var one] ? one : new Filter.Or(parts);
    }

    /// <summary>
    /// What refers to, or is referred to by, resources of which something is asked. They are looked for inside the same statement and under the
    /// same Scope, so that nothing is found by a record that the caller cannot see.
    /// </summary>
    private Result<Filter> Chain(SearchParameter link, SearchCondition.Step step)
    {
        var ways = new List<Filter>();
        foreach (var other in step.Type.Sources.Where(s => reading.Reaches(s) && reading.Holds(s)))
        {
            if (!reading.Table(other).Try(out var otherTable, out var problem) || !new SearchFilter(other, otherTable, reading).Of(step.Condition).Try(out var asked, out problem)) return problem;
            foreach (var target in link.In(step.Reverse ? other : source))
            {
                var here = step.Reverse ? KeyOf(source) : target.Leaf;
                var there = step.Reverse ? target.Leaf : KeyOf(other);
                if (here is not null && there is not null && Joined(here, there, other, otherTable, asked) is { } joined) ways.Add(joined);
            }
        }

        return ways.Count == 1 ? ways[0] : new Filter.Or(ways);
    }

    /// <summary>What references to resources of a source say of them: of a person the person, of an encounter its number.</summary>
    private static ElementLeaf? KeyOf(ResourceSource target) => target.OnePerSubject
        ? new(-1, "", "id", null) { Kind = LeafKind.Patient }
        : target.Number;

    private Filter.Among? Joined(ElementLeaf here, ElementLeaf there, ResourceSource other, ScopedTable otherTable, Filter asked)
    {
        List<(string Here, string There)> names = [(ResourceSource.ColumnOf(here), ResourceSource.ColumnOf(there))];

        // Two institutions may give one number.
        if (here.Kind != LeafKind.Patient && Same(SystemColumns.Org, SystemColumns.Org)) names.Add((SystemColumns.Org, SystemColumns.Org));
        return Same(names[0].Here, names[0].There) ? new([.. names.Select(n => n.Here)], new(other.DataSet) { Outputs = [.. names.Select(n => new Output(n.There))], Where = asked }) : null;

        bool Same(string one, string two) => table.Find(one) is { } left && otherTable.Find(two) is { } right && left.Kind == right.Kind && left.Action == right.Action;
    }

    private Result<Filter> Arrived(SearchCondition condition)
    {
        if (table.Find(Query.ArrivalColumn) is null) return new Problem(ProblemKind.Forbidden, "scope.item", $"The Scope does not show the times of {source.DataSet} as they are, so nothing is searched by when its records came.", new(Path: SearchParameter.Updated));
        var ways = condition.Arrivals.Select(a => a.Prefix switch
        {
            "lt" or "eb" => Before(a.Low),
            "le" => Before(a.High),
            "gt" or "sa" => new Filter.Not(Before(a.High)),
            "ge" => new Filter.Not(Before(a.Low)),
            "ne" => new Filter.Or([Before(a.Low), new Filter.Not(Before(a.High))]),
            _ => (Filter)new Filter.And([new Filter.Not(Before(a.Low)), Before(a.High)]),
        }).ToList();
        return ways.Count == 1 ? ways[0] : new Filter.Or(ways);

        static Filter Before(int batch) => new Filter.Compare(Query.ArrivalColumn, Comparison.Less, Value.Of((long)batch));
    }

    /// <summary>Rows of one person, by the id that the Scope shows or by the number of a person whom the Scope is about.</summary>
    public Filter Key(string column, string id)
    {
        if (table.Find(column) is not { } shown) return s_never;
        if (column == SystemColumns.Subject && shown.Kind != ValueKind.Subject && table.Rows.Subjects is [var only] && id == only.ToString(CultureInfo.InvariantCulture)) return new Filter.And([]);
        if (ValueText.TryRead(id, shown.Kind, out var value)) return new Filter.Compare(column, Comparison.Equal, value);
        return s_never;
    }

    private Result<Filter> Missing(SearchCondition condition, IReadOnlyList<SearchTarget> targets)
    {
        if (condition.Values is not ["true" or "false"]) return Wrong(condition, "missing is followed by true or false.");
        var parts = new List<Filter>();
        foreach (var target in targets)
        {
            if (target.Leaf is not { } leaf) return condition.Values[0] == "true" ? s_never : new Filter.And([]);
            if (!Column(leaf).Try(out var column, out var problem)) return problem;
            parts.Add(new Filter.IsNull(column.Name));
        }

        Filter all = new Filter.And(parts);
        return condition.Values[0] == "true" ? all : new Filter.Not(all);
    }

    private Result<Filter> One(SearchCondition condition, SearchTarget target, string value)
    {
        if (target.Leaf is not { } leaf)
        {
            return condition.Modifier switch
            {
                "text" => Display(target, SearchCondition.Plain(value)),
                "in" or "not-in" => !SetOf(condition, SearchCondition.Plain(value)).Try(out var set, out var wrong) ? wrong : set.Codes.ContainsKey(target.Code!) ? new Filter.And([]) : s_never,
                _ => Constant(target, SearchCondition.Parts(value, '|')),
            };
        }

        if (!Column(leaf).Try(out var column, out var problem)) return problem;
        switch (condition.Parameter.Kind)
        {
            case SearchKind.Token when condition.Modifier is "in" or "not-in": return ValueSet(condition, target, column, SearchCondition.Plain(value));
            case SearchKind.Token when condition.Modifier == "text": return Display(target, SearchCondition.Plain(value));
            case SearchKind.Token: return Token(target, column, SearchCondition.Parts(value, '|'));
            case SearchKind.String: return Text(condition, column, SearchCondition.Plain(value));
            case SearchKind.Reference: return Reference(condition, leaf, column, value);
            case SearchKind.Date: return Date(condition, target, column, value);
            default: return Number(condition, target, column, value);
        }
    }

    private Result<ScopedColumn> Column(ElementLeaf leaf)
    {
        var name = ResourceSource.ColumnOf(leaf);
        return table.Find(name) is { } column ? column : new Problem(ProblemKind.Forbidden, "scope.item", $"The Scope does not show {source.DataSet}.{name}, so nothing is searched by it.", new(Path: leaf.Path));
    }

    private static Filter Constant(SearchTarget target, IReadOnlyList<string> parts)
    {
        var (system, code) = parts.Count == 1 ? (null, parts[0]) : (parts[0], parts[1]);
        return (code.Length == 0 || code == target.Code) && (system is null || system == (target.System ?? "")) ? new Filter.And([]) : s_never;
    }

    /// <summary><c>code</c>, <c>system|code</c>, <c>|code</c> (no system), <c>system|</c> (any code).</summary>
    private Result<Filter> Token(SearchTarget target, ScopedColumn column, IReadOnlyList<string> parts)
    {
        var (system, code) = parts.Count == 1 ? (null, parts[0]) : (parts[0], parts[1]);
        var all = new List<Filter>();
        if (code.Length > 0) all.Add(Equal(column, Codes(target.Leaf!, code), target.UnknownWhenMissing && code == "unknown"));
        else all.Add(new Filter.Not(new Filter.IsNull(column.Name)));
        if (system is not null)
        {
            if (target.Other is not { } leaf)
            {
                if (system != (target.System ?? "")) return s_never;
            }
            else
            {
                if (!Column(leaf).Try(out var other, out var problem)) return problem;
                all.Add(system.Length > 0 ? Equal(other, Codes(leaf, system), false) : Equal(other, leaf.Back?.Codes.Where(c => c.Value is null).Select(c => c.Key) ?? [], orMissing: true));
            }
        }

        return all.Count == 1 ? all[0] : new Filter.And(all);
    }

    /// <summary>Texts that people read begin with it, or contain it: of <c>:text</c> the standard wants no more than sense.</summary>
    private Filter.Or Display(SearchTarget target, string text) =>
        new Filter.Or([.. target.Texts.Select(t => table.Find(ResourceSource.ColumnOf(t))).Where(c => c?.Kind == ValueKind.Text).Select(c => new Filter.Contains(c!.Name, text, Folded: true))]);

    private Result<Filter> ValueSet(SearchCondition condition, SearchTarget target, ScopedColumn column, string name)
    {
        if (!SetOf(condition, name).Try(out var set, out var problem)) return problem;

        // Of an item whose own value set it is the codes are ours; of all others they are those that the resource shows.
        var own = target.Leaf!.Item?.ValueSet?.Id == set.Id;
        return Equal(column, set.Codes.Keys.SelectMany(c => own ? [c] : Codes(target.Leaf, c)).Distinct(StringComparer.Ordinal), false);
    }

    private Result<Standards.ValueSet> SetOf(SearchCondition condition, string name)
    {
        if (reading.Book.ValueSet(name) is not { } set) return Wrong(condition, "in and not-in are followed by the id of a value set of the registry (GET /api/v1/standards).");
        return set.Codes.Count <= LongestValueSet ? set : Wrong(condition, $"The value set has more than {LongestValueSet} codes; name some of them.");
    }

    private static IEnumerable<string> Codes(ElementLeaf leaf, string fhir) => leaf.Back?.ShownAs(fhir) ?? [fhir];

    private static Filter Equal(ScopedColumn column, IEnumerable<string> texts, bool orMissing)
    {
        var values = texts.Select(t => ValueText.TryRead(t, column.Kind, out var value) ? value : (Value?)null).OfType<Value>().ToList();
        Filter equal = values.Count == 1 ? new Filter.Compare(column.Name, Comparison.Equal, values[0]) : new Filter.In(column.Name, values);
        if (values.Count == 0) equal = s_never;
        return orMissing ? new Filter.Or([equal, new Filter.IsNull(column.Name)]) : equal;
    }

    private static Result<Filter> Text(SearchCondition condition, ScopedColumn column, string value)
    {
        if (column.Kind != ValueKind.Text) return Equal(column, [value], false);
        return condition.Modifier switch
        {
            "exact" => new Filter.Compare(column.Name, Comparison.Equal, Value.Of(value)),
            "contains" => new Filter.Contains(column.Name, value, Folded: true),
            _ => new Filter.StartsWith(column.Name, value, Folded: true),
        };
    }

    private Result<Filter> Reference(SearchCondition condition, ElementLeaf leaf, ScopedColumn column, string value)
    {
        if (condition.Modifier == "identifier") return leaf.Kind == LeafKind.Patient ? s_never : Equal(column, [SearchCondition.Parts(value, '|')[^1]], false);
        if (leaf.Kind == LeafKind.Patient) return Key(column.Name, SearchCondition.IdOf(value));

        // An encounter is referred to by its number, which its id leads to.
        if (condition.Parameter.FollowsTo == "Encounter" && reading.Book.Find("Encounter") is { } encounters)
            return Chain(condition.Parameter, new(encounters, Reverse: false, new(SearchParameter.OfId, "", [SearchCondition.IdOf(value)])));
        return new Problem(ProblemKind.Incorrect, "fhir.modifier", $"{condition.Parameter.Name} is a number of its institution, not a resource here: ask with {condition.Parameter.Name}:identifier.", new(Path: condition.Parameter.Name));
    }

    private Result<Filter> Date(SearchCondition condition, SearchTarget target, ScopedColumn start, string text)
    {
        var (prefix, rest) = SearchCondition.Prefix(text);
        if (!FhirTime.TryRead(rest, out var time)) return Wrong(condition, FhirTime.Form);
        if (prefix == "ap") (prefix, time) = ("eq", time.About(reading.Now));
        if (start.Kind is not (ValueKind.Date or ValueKind.Timestamp)) return s_never;
        if (target.Other is { } leaf)
        {
            if (!Column(leaf).Try(out var end, out var problem)) return problem;
            return Negated(prefix, start.Name, p => Period(p, start, end, target.Open, time));
        }

        return Negated(prefix, start.Name, p => start.Action == ItemAction.Generalise ? Month(p, start, time) : Point(p, start, time));
    }

    private static Filter Negated(string prefix, string column, Func<string, Filter> filter) =>
        prefix == "ne" ? new Filter.And([new Filter.Not(new Filter.IsNull(column)), new Filter.Not(filter("eq"))]) : filter(prefix);

    private static Filter Point(string prefix, ScopedColumn at, FhirTime time) => prefix switch
    {
        "lt" or "eb" => Compare(at, Comparison.Less, time.Low),
        "le" => Compare(at, Comparison.Less, time.High),
        "gt" or "sa" => Compare(at, Comparison.GreaterOrEqual, time.High),
        "ge" => Compare(at, Comparison.GreaterOrEqual, time.Low),
        _ => new Filter.And([Compare(at, Comparison.GreaterOrEqual, time.Low), Compare(at, Comparison.Less, time.High)]),
    };

    /// <summary>A month that is shown by its first day is a span itself.</summary>
    private static Filter Month(string prefix, ScopedColumn at, FhirTime time) => prefix switch
    {
        "lt" => Compare(at, Comparison.Less, time.Low),
        "le" => Compare(at, Comparison.Less, time.High),
        "gt" => Compare(at, Comparison.Greater, time.High.AddMonths(-1)),
        "ge" => Compare(at, Comparison.Greater, time.Low.AddMonths(-1)),
        "sa" => Compare(at, Comparison.GreaterOrEqual, time.High),
        "eb" => Compare(at, Comparison.LessOrEqual, time.Low.AddMonths(-1)),
        _ => new Filter.And([Compare(at, Comparison.GreaterOrEqual, time.Low), Compare(at, Comparison.LessOrEqual, time.High.AddMonths(-1))]),
    };

    private static Filter Period(string prefix, ScopedColumn start, ScopedColumn end, bool open, FhirTime time)
    {
        return prefix switch
        {
            "lt" => Compare(start, Comparison.Less, time.Low),
            "le" => Compare(start, Comparison.Less, time.High),
            "gt" => Ends(Comparison.GreaterOrEqual, time.High),
            "ge" => Ends(Comparison.GreaterOrEqual, time.Low),
            "sa" => Compare(start, Comparison.GreaterOrEqual, time.High),
            "eb" => Ends(Comparison.Less, time.Low),
            _ => new Filter.And([Compare(start, Comparison.GreaterOrEqual, time.Low), Ends(Comparison.Less, time.High)]),
        };

        // What has no end yet goes on, or was a moment.
        Filter Ends(Comparison comparison, DateTime moment) => (open, comparison) switch
        {
            (true, Comparison.Less) => Compare(end, comparison, moment),
            (true, _) => new Filter.Or([Compare(end, comparison, moment), new Filter.And([new Filter.IsNull(end.Name), new Filter.Not(new Filter.IsNull(start.Name))])]),
            _ => new Filter.Or([Compare(end, comparison, moment), new Filter.And([new Filter.IsNull(end.Name), Compare(start, comparison, moment)])]),
        };
    }

    private static Filter.Compare Compare(ScopedColumn column, Comparison comparison, DateTime moment)
    {
        if (column.Kind == ValueKind.Timestamp) return new Filter.Compare(column.Name, comparison, Value.Of(moment));

        // A day is at or after a moment, or before it, by its midnight.
        var day = DateOnly.FromDateTime(moment);
        if (moment.TimeOfDay > TimeSpan.Zero && comparison is Comparison.GreaterOrEqual or Comparison.Less) day = day.AddDays(1);
        return new Filter.Compare(column.Name, comparison, Value.Of(day));
    }

    private Result<Filter> Number(SearchCondition condition, SearchTarget target, ScopedColumn column, string text)
    {
        var (prefix, rest) = SearchCondition.Prefix(text);
        var parts = SearchCondition.Parts(rest, '|');
        if (!decimal.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return Wrong(condition, "This is a number such as 5.4 after one of eq, ne, lt, le, gt, ge, ap or none; of a quantity, number|system|code.");
        if (column.Kind != ValueKind.Number) return s_never;

        // A number stands for all that would be rounded to it (3.1.1.4.5).
        var half = prefix == "ap" ? Math.Abs(number) / 10 : Half(parts[0]);
        Filter filter = prefix switch
        {
            "lt" or "eb" => Is(Comparison.Less, number),
            "le" => Is(Comparison.LessOrEqual, number),
            "gt" or "sa" => Is(Comparison.Greater, number),
            "ge" => Is(Comparison.GreaterOrEqual, number),
            _ => Negated(prefix, column.Name, _ => new Filter.And([Is(Comparison.GreaterOrEqual, number - half), Is(Comparison.Less, number + half)])),
        };
        if (parts.Count > 2 && parts[1].Length > 0 && parts[1] != SourceCompiler.Ucum) return s_never;
        if (parts.Count < 2 || parts[^1].Length == 0) return filter;
        if (target.Other is not { } leaf) return s_never;
        if (!Column(leaf).Try(out var unit, out var problem)) return problem;
        return new Filter.And([filter, Equal(unit, [parts[^1]], false)]);

        Filter Is(Comparison comparison, decimal value) => new Filter.Compare(column.Name, comparison, Value.Of((double)value));
    }

    /// <summary>Half a unit of the last digit that is written: of 5.40 it is 0.005, of 1e2 it is 50.</summary>
    private static decimal Half(string number)
    {
        var exponent = number.IndexOfAny(['e', 'E']);
        var mantissa = exponent < 0 ? number : number[..exponent];
        var power = exponent < 0 ? 0 : int.Parse(number[(exponent + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (mantissa.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point) power -= mantissa.Length - point - 1;
        return 0.5m * (decimal)Math.Pow(10, Math.Clamp(power, -27, 27));
    }

    private static Problem Wrong(SearchCondition condition, Sentence message) => new(ProblemKind.Incorrect, "fhir.value", message, new(Path: condition.Parameter.Name));
}
