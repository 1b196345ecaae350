using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.DataServices;

/// <summary>From a question to a query tree, by what the holder of the Scope sees: the kinds of values are those of the scoped columns.</summary>
public static class QuestionQuery
{
    private static readonly (string Word, Comparison Comparison)[] s_comparisons =
    [
        ("eq", Comparison.Equal), ("ne", Comparison.NotEqual), ("lt", Comparison.Less), ("le", Comparison.LessOrEqual), ("gt", Comparison.Greater), ("ge", Comparison.GreaterOrEqual),
    ];

    private static readonly (string Word, Aggregate Aggregate)[] s_measures =
    [
        ("count", Aggregate.Count), ("distinct", Aggregate.CountDistinct), ("sum", Aggregate.Sum), ("avg", Aggregate.Average), ("min", Aggregate.Min), ("max", Aggregate.Max),
    ];

    /// <summary>
    /// The query, without its cursor. Problems: <c>data.value</c>, <c>data.range</c>, <c>data.measure</c>; what a name says of rights is judged
    /// with the query itself.
    /// </summary>
    /// <param name="own">True adds the condition on the subject, for Scopes that do not bring it.</param>
    public static Result<Query> Of(DataQuestion question, ScopedTable table, bool own = false)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(table);
        var parts = new List<Filter>();
        if (own && question.Subject is { } subject) parts.Add(new Filter.Compare(SystemColumns.Subject, Comparison.Equal, Value.Subject(subject)));
        if (question.Organisations.Count > 0) parts.Add(new Filter.In(SystemColumns.Org, [.. question.Organisations.Select(Value.Of)]));
        if (AddRange(question, table, parts) is { } outside) return outside;
        foreach (var condition in question.Conditions)
        {
            if (!Condition(condition, table).Try(out var filter, out var problem)) return problem;
            parts.Add(filter);
        }

        if (Impossible(parts) is { } nothing) return nothing;
        if (!Outputs(question).Try(out var outputs, out var wrong)) return wrong;
        return new Query(question.DataSet)
        {
            Outputs = outputs,
            Where = parts.Count switch { 0 => null, 1 => parts[0], _ => new Filter.And(parts) },
            Order = Order(question, outputs),
            Limit = question.Limit,
            Keyed = !question.Grouped,
        };
    }

    /// <summary>Groups are ordered by their measures or keys, at last by all keys; one person's rows by time; all others in the order that the lake finds soonest.</summary>
    private static List<Ordering> Order(DataQuestion question, IReadOnlyList<Output> outputs)
    {
        var wanted = question.Sort.Select(s => s.StartsWith('-') ? new Ordering(s[1..], Descending: true) : new(s)).ToList();
        if (!question.Grouped) return wanted.Count > 0 || question.Subject is null ? wanted : [new(SystemColumns.Time)];

        // A measure is named as it was asked for, or as its column is called.
        for (var i = 0; i < wanted.Count; i++)
            if (question.Measures.ToList().IndexOf(wanted[i].Name) is >= 0 and var measure) wanted[i] = wanted[i] with { Name = outputs[question.Group.Count + measure].Title };
        return [.. wanted, .. question.Group.Where(g => wanted.TrueForAll(w => w.Name != g)).Select(g => new Ordering(g))];
    }

    private static Result<IReadOnlyList<Output>> Outputs(DataQuestion question)
    {
        if (!question.Grouped) return question.Fields.Select(f => new Output(f)).ToArray();
        var outputs = question.Group.Select(g => new Output(g)).ToList();
        foreach (var measure in question.Measures.Count > 0 ? question.Measures : ["count"])
        {
            var colon = measure.IndexOf(':', StringComparison.Ordinal);
            var (word, name) = colon < 0 ? (measure, null) : (measure[..colon], measure[(colon + 1)..]);
            var aggregate = s_measures.FirstOrDefault(m => m.Word == word).Aggregate;
            if (aggregate == Aggregate.None || (name is null && aggregate != Aggregate.Count))
                return new Problem(ProblemKind.Incorrect, "data.measure", "A measure is count, or one of count, distinct, sum, avg, min, max with an item: avg:result_value.", new(Path: "measures"));
            outputs.Add(new(name, aggregate));
        }

        return outputs;
    }

    private static Problem? AddRange(DataQuestion question, ScopedTable table, List<Filter> parts)
    {
        var kind = table.Find(SystemColumns.Time)?.Kind ?? ValueKind.Timestamp;
        Value? from = null, to = null;
        if (question.From is not null)
        {
            if (!Read(question.From, kind, "from").Try(out var value, out var problem)) return problem;
            parts.Add(new Filter.Compare(SystemColumns.Time, Comparison.GreaterOrEqual, value));
            from = value;
        }

        if (question.To is not null)
        {
            if (!Read(question.To, kind, "to").Try(out var value, out var problem)) return problem;
            parts.Add(new Filter.Compare(SystemColumns.Time, Comparison.Less, value));
            to = value;
        }

        return from is { } f && to is { } t && System.Collections.Comparer.DefaultInvariant.Compare(f.Data, t.Data) >= 0
            ? new(ProblemKind.Incorrect, "data.range", "from is included and to is not, so from is before to.", new(Path: "from"))
            : null;
    }

    /// <summary>
    /// Says of a column that no number or time can meet all of its conditions, instead of an answer without rows that looks like one about the data.
    /// Texts are left to the engine, which compares them in its own way.
    /// </summary>
    private static Problem? Impossible(List<Filter> parts)
    {
        foreach (var column in parts.OfType<Filter.Compare>().Where(c => c.Value.Data is not string).GroupBy(c => c.Name))
        {
            var lows = column.Where(c => c.Comparison is Comparison.Greater or Comparison.GreaterOrEqual or Comparison.Equal);
            if (lows.Any(low => column.Any(high => IsAbove(low, high))))
                return new(ProblemKind.Incorrect, "data.range", $"No value of {column.Key} meets all of its conditions.", new(Path: column.Key));
        }

        return null;
    }

    private static bool IsAbove(Filter.Compare low, Filter.Compare high)
    {
        if (high.Comparison is not (Comparison.Less or Comparison.LessOrEqual or Comparison.Equal)) return false;
        var order = System.Collections.Comparer.DefaultInvariant.Compare(low.Value.Data, high.Value.Data);
        return order > 0 || order == 0 && (low.Comparison == Comparison.Greater || high.Comparison == Comparison.Less);
    }

    private static Result<Filter> Condition(DataCondition condition, ScopedTable table)
    {
        var name = condition.Name;
        var kind = table.Find(name)?.Kind ?? ValueKind.Text;
        if (condition.Word == "null")
        {
            Filter missing = new Filter.IsNull(name);
            return condition.Values is ["true"] ? missing : condition.Values is ["false"] ? new Filter.Not(missing) : Wrong(name, "null is followed by true or false.");
        }

        if (condition.Word == "prefix")
        {
            return kind == ValueKind.Text && condition.Values.Count == 1 ? new Filter.StartsWith(name, condition.Values[0]) : Wrong(name, "prefix takes one text, of a column of texts.");
        }

        var values = new List<Value>();
        foreach (var text in condition.Values)
        {
            if (!Read(text, kind, name).Try(out var value, out var problem)) return problem;
            values.Add(value);
        }

        if (condition.Word == "in") return new Filter.In(name, values);
        return values.Count == 1 ? new Filter.Compare(name, s_comparisons.First(c => c.Word == condition.Word).Comparison, values[0]) : Wrong(name, $"{condition.Word} takes one value.");
    }

    private static Result<Value> Read(string text, ValueKind kind, string name) =>
        ValueText.TryRead(text, kind, out var value) ? value : Wrong(name, $"{name} is {ValueText.Form(kind)}; this is none.");

    private static Problem Wrong(string name, Sentence message) => new(ProblemKind.Incorrect, "data.value", message, new(Path: name));
}
