using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Queries;

/// <summary>
/// The query tree as JSON: <c>{"data_set", "outputs": [{"name", "aggregate", "as"}], "where", "order": [{"name", "descending"}], "limit",
/// "offset", "after", "changes": {"after": [batch, move], "up_to": [batch, move]}}</c>. A condition is one of <c>{"and": […]}</c>, <c>{"or": […]}</c>, <c>{"not": …}</c>, and on a column
/// <c>{"name", "op": "=|!=|&lt;|&lt;=|&gt;|&gt;=", "value"}</c>, <c>{"name", "in": […]}</c>, <c>{"name", "between": [low, high]}</c>,
/// <c>{"name", "is_null": true}</c>, <c>{"name", "contains": text}</c>, <c>{"name", "starts_with": text}</c>. Dates, times, subjects and
/// record keys are JSON strings.
/// </summary>
public static class QueryJson
{
    private const int DeepestFilter = 64;

    private static readonly (string Sign, Comparison Comparison)[] Signs =
    [
        ("=", Comparison.Equal), ("!=", Comparison.NotEqual), ("<", Comparison.Less), ("<=", Comparison.LessOrEqual), (">", Comparison.Greater), (">=", Comparison.GreaterOrEqual),
    ];

    private static readonly (string Word, Aggregate Aggregate)[] Words =
    [
        ("count", Aggregate.Count), ("count_distinct", Aggregate.CountDistinct), ("min", Aggregate.Min), ("max", Aggregate.Max), ("sum", Aggregate.Sum), ("average", Aggregate.Average),
    ];

    /// <summary>Reads a tree. Problem: <c>query.json</c>, with the path of the element.</summary>
    /// <param name="kindOf">Kind of the values that the caller sees in a column; null when there is none of this name.</param>
    public static Result<Query> Read(JsonElement json, Func<string, ValueKind?> kindOf)
    {
        try
        {
            var only = new[] { "data_set", "outputs", "where", "order", "limit", "offset", "after", "changes" };
            Known(json, "$", only);
            var order = Each(json, "order", (e, at) =>
            {
                Known(e, at, "name", "descending");
                return new Ordering(String(e, "name", at), e.TryGetProperty("descending", out var down) && Boolean(down, $"{at}.descending"));
            });
            return new Query(String(json, "data_set", "$"))
            {
                Outputs = Each(json, "outputs", ReadOutput),
                Where = json.TryGetProperty("where", out var where) && where.ValueKind != JsonValueKind.Null ? ReadFilter(where, "$.where", kindOf, 0) : null,
                Order = order,
                Limit = Whole(json, "limit"),
                Offset = Whole(json, "offset") ?? 0,
                After = json.TryGetProperty("after", out var after) && after.ValueKind != JsonValueKind.Null ? ReadAfter(after, order, kindOf) : null,
                Changes = json.TryGetProperty("changes", out var changes) && changes.ValueKind != JsonValueKind.Null ? ReadChanges(changes) : null,
            };
        }
        catch (MisreadException e)
        {
            return new Problem(ProblemKind.Incorrect, "query.json", e.Said, new(Path: e.At));
        }
    }

    /// <summary>Writes a tree so that <see cref="Read"/> gives an equal one.</summary>
    public static JsonObject Write(Query query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var json = new JsonObject { ["data_set"] = query.DataSet };
        if (query.Outputs.Count > 0) json["outputs"] = new JsonArray([.. query.Outputs.Select(WriteOutput)]);
        if (query.Where is not null) json["where"] = WriteFilter(query.Where);
        if (query.Order.Count > 0) json["order"] = new JsonArray([.. query.Order.Select(o => new JsonObject { ["name"] = o.Name, ["descending"] = o.Descending })]);
        if (query.Limit is { } limit) json["limit"] = limit;
        if (query.Offset > 0) json["offset"] = query.Offset;
        if (query.After is { } after) json["after"] = new JsonArray([.. after.Select(v => v is { } value ? WriteValue(value) : null)]);
        if (query.Changes is { } changes) json["changes"] = new JsonObject { ["after"] = WriteMark(changes.After), ["up_to"] = WriteMark(changes.UpTo) };
        return json;
    }

    private static ChangeRange ReadChanges(JsonElement json)
    {
        Known(json, "$.changes", "after", "up_to");
        return new(ReadMark(json, "after"), ReadMark(json, "up_to"));
    }

    private static LakeMark ReadMark(JsonElement json, string name) =>
        json.TryGetProperty(name, out var mark) && mark.ValueKind == JsonValueKind.Array && mark.GetArrayLength() == 2 && mark[0].TryGetInt32(out var batch) && mark[1].TryGetInt64(out var move)
            ? new(batch, move)
            : throw new MisreadException($"$.changes.{name}", "A place in the history of the lake is [batch, move], two whole numbers.");

    private static JsonArray WriteMark(LakeMark mark) => [mark.Batch, mark.Move];

    private static Output ReadOutput(JsonElement json, string at)
    {
        Known(json, at, "name", "aggregate", "as");
        var name = Optional(json, "name", at);
        var word = Optional(json, "aggregate", at);
        if (word is null) return name is null ? throw new MisreadException(at, "An output needs a name or an aggregate.") : new(name, As: Optional(json, "as", at));
        var aggregate = Words.FirstOrDefault(w => w.Word == word).Aggregate;
        if (aggregate == Aggregate.None) throw new MisreadException(at, $"The aggregates are {string.Join(", ", Words.Select(w => w.Word))}.");
        return new(name, aggregate, Optional(json, "as", at));
    }

    private static JsonObject WriteOutput(Output output)
    {
        var json = new JsonObject();
        if (output.Name is not null) json["name"] = output.Name;
        if (output.Aggregate != Aggregate.None) json["aggregate"] = Words.First(w => w.Aggregate == output.Aggregate).Word;
        if (output.As is not null) json["as"] = output.As;
        return json;
    }

    private static Filter ReadFilter(JsonElement json, string at, Func<string, ValueKind?> kindOf, int depth)
    {
        if (depth > DeepestFilter) throw new MisreadException(at, $"Conditions are nested more than {DeepestFilter} deep.");
        if (json.ValueKind != JsonValueKind.Object) throw new MisreadException(at, "A condition is an object.");
        if (json.TryGetProperty("and", out _)) return new Filter.And(Parts("and"));
        if (json.TryGetProperty("or", out _)) return new Filter.Or(Parts("or"));
        if (json.TryGetProperty("not", out var not))
        {
            Known(json, at, "not");
            return new Filter.Not(ReadFilter(not, $"{at}.not", kindOf, depth + 1));
        }

        var name = String(json, "name", at);
        var kind = kindOf(name) ?? ValueKind.Text;
        if (json.TryGetProperty("in", out _))
        {
            Known(json, at, "name", "in");
            return new Filter.In(name, Each(json, "in", (v, place) => ReadValue(v, place, kind), at));
        }

        if (json.TryGetProperty("between", out var ends))
        {
            Known(json, at, "name", "between");
            if (ends.ValueKind != JsonValueKind.Array || ends.GetArrayLength() != 2) throw new MisreadException($"{at}.between", "between takes two values.");
            return new Filter.Between(name, ReadValue(ends[0], $"{at}.between[0]", kind), ReadValue(ends[1], $"{at}.between[1]", kind));
        }

        if (json.TryGetProperty("is_null", out var missing))
        {
            Known(json, at, "name", "is_null");
            return Boolean(missing, $"{at}.is_null") ? new Filter.IsNull(name) : new Filter.Not(new Filter.IsNull(name));
        }

        if (Optional(json, "contains", at) is { } part)
        {
            Known(json, at, "name", "contains");
            return new Filter.Contains(name, part);
        }

        if (Optional(json, "starts_with", at) is { } beginning)
        {
            Known(json, at, "name", "starts_with");
            return new Filter.StartsWith(name, beginning);
        }

        Known(json, at, "name", "op", "value");
        var sign = String(json, "op", at);
        var found = Signs.Where(s => s.Sign == sign).ToArray();
        if (found.Length == 0) throw new MisreadException($"{at}.op", $"The comparisons are {string.Join(' ', Signs.Select(s => s.Sign))}.");
        if (!json.TryGetProperty("value", out var value)) throw new MisreadException(at, "A comparison needs a value.");
        return new Filter.Compare(name, found[0].Comparison, ReadValue(value, $"{at}.value", kind));

        IReadOnlyList<Filter> Parts(string word)
        {
            Known(json, at, word);
            return Each(json, word, (e, place) => ReadFilter(e, place, kindOf, depth + 1), at);
        }
    }

    private static JsonObject WriteFilter(Filter filter) => filter switch
    {
        Filter.And and => new() { ["and"] = new JsonArray([.. and.Parts.Select(WriteFilter)]) },
        Filter.Or or => new() { ["or"] = new JsonArray([.. or.Parts.Select(WriteFilter)]) },
        Filter.Not not => new() { ["not"] = WriteFilter(not.Part) },
        Filter.Compare c => new() { ["name"] = c.Name, ["op"] = Signs.First(s => s.Comparison == c.Comparison).Sign, ["value"] = WriteValue(c.Value) },
        Filter.In i => new() { ["name"] = i.Name, ["in"] = new JsonArray([.. i.Values.Select(WriteValue)]) },
        Filter.Between b => new() { ["name"] = b.Name, ["between"] = new JsonArray(WriteValue(b.Low), WriteValue(b.High)) },
        Filter.IsNull n => new() { ["name"] = n.Name, ["is_null"] = true },
        Filter.Contains c => new() { ["name"] = c.Name, ["contains"] = c.Text },
        Filter.StartsWith s => new() { ["name"] = s.Name, ["starts_with"] = s.Text },
        _ => throw new NotSupportedException(filter.GetType().Name),
    };

    private static List<Value?> ReadAfter(JsonElement json, List<Ordering> order, Func<string, ValueKind?> kindOf)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != order.Count) throw new MisreadException("$.after", "after takes one value for each column of the order.");
        return [.. order.Select((o, i) => json[i].ValueKind == JsonValueKind.Null ? (Value?)null : ReadValue(json[i], $"$.after[{i}]", kindOf(o.Name) ?? ValueKind.Text))];
    }

    private static Value ReadValue(JsonElement json, string at, ValueKind kind)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (kind, json.ValueKind)
        {
            case (ValueKind.Boolean, JsonValueKind.True or JsonValueKind.False): return Value.Of(json.GetBoolean());
            case (ValueKind.Number, JsonValueKind.Number): return json.TryGetInt64(out var whole) ? Value.Of(whole) : json.TryGetDecimal(out var exact) ? Value.Of(exact) : Value.Of(json.GetDouble());
            case (ValueKind.Text, JsonValueKind.String): return Value.Of(json.GetString()!);
            case (ValueKind.Date, JsonValueKind.String) when DateOnly.TryParseExact(json.GetString(), "yyyy-MM-dd", culture, DateTimeStyles.None, out var date): return Value.Of(date);
            case (ValueKind.Timestamp, JsonValueKind.String) when DateTime.TryParse(json.GetString(), culture, DateTimeStyles.NoCurrentDateDefault, out var time): return Value.Of(time);
            case (ValueKind.Time, JsonValueKind.String) when TimeOnly.TryParse(json.GetString(), culture, out var clock): return Value.Of(clock);
            case (ValueKind.Subject, JsonValueKind.String) when ulong.TryParse(json.GetString(), NumberStyles.None, culture, out var subject): return Value.Subject(subject);
            case (ValueKind.Record, JsonValueKind.String) when UInt128.TryParse(json.GetString(), NumberStyles.None, culture, out var record): return Value.Record(record);
            default: throw new MisreadException(at, $"The column holds values of kind {kind.ToString().ToLowerInvariant()}; this is none.");
        }
    }

    private static JsonValue WriteValue(Value value) => value.Data switch
    {
        bool b => JsonValue.Create(b),
        long l => JsonValue.Create(l),
        double d => JsonValue.Create(d),
        decimal m => JsonValue.Create(m),
        DateOnly d => JsonValue.Create(d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        DateTime t => JsonValue.Create(t.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)),
        TimeOnly t => JsonValue.Create(t.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)),
        var other => JsonValue.Create(Convert.ToString(other, CultureInfo.InvariantCulture))!,
    };

    private static List<T> Each<T>(JsonElement json, string name, Func<JsonElement, string, T> read, string at = "$")
    {
        if (!json.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null) return [];
        if (list.ValueKind != JsonValueKind.Array) throw new MisreadException($"{at}.{name}", "This is a list.");
        return [.. list.EnumerateArray().Select((e, i) => read(e, $"{at}.{name}[{i}]"))];
    }

    private static void Known(JsonElement json, string at, params ReadOnlySpan<string> names)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new MisreadException(at, "This is an object.");
        foreach (var property in json.EnumerateObject())
            if (!names.Contains(property.Name)) throw new MisreadException(at, $"The names here are {string.Join(", ", names.ToArray())}.");
    }

    private static string String(JsonElement json, string name, string at) => Optional(json, name, at) ?? throw new MisreadException(at, $"{name} is missing.");

    private static string? Optional(JsonElement json, string name, string at)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new MisreadException($"{at}.{name}", "This is a text.");
    }

    private static bool Boolean(JsonElement json, string at) =>
        json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : throw new MisreadException(at, "This is true or false.");

    private static long? Whole(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number : throw new MisreadException($"$.{name}", "This is a whole number, 0 or more.");
    }

    /// <summary>Leaves the recursion at the first thing that is wrong; never crosses <see cref="Read"/>.</summary>
    private sealed class MisreadException(string at, Sentence said) : Exception(said.ToString())
    {
        public string At { get; } = at;

        public Sentence Said { get; } = said;
    }
}
