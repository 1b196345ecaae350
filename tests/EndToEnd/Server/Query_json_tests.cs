using System.Text.Json;
using CsCheck;
using Xunit;
using Yunnao.Lake.Queries;
using Yunnao.Services.Queries;

namespace Yunnao.Tests.EndToEnd.Server;

public sealed class Query_json_tests
{
    private static readonly Dictionary<string, ValueKind> Kinds = new() { ["t"] = ValueKind.Text, ["n"] = ValueKind.Number, ["b"] = ValueKind.Boolean, ["d"] = ValueKind.Date, ["s"] = ValueKind.Timestamp, ["c"] = ValueKind.Time, ["_subject"] = ValueKind.Subject, ["_record"] = ValueKind.Record };

    private static readonly Gen<(string Name, Value Value)> Leaf = Gen.OneOf(
        Gen.String.Select(v => ("t", Value.Of(v))),
        Gen.Long.Select(v => ("n", Value.Of(v))),
        Gen.Bool.Select(v => ("b", Value.Of(v))),
        Gen.DateOnly.Select(v => ("d", Value.Of(v))),
        Gen.DateTime.Select(v => ("s", Value.Of(DateTime.SpecifyKind(v, DateTimeKind.Unspecified)))),
        Gen.TimeOnly.Select(v => ("c", Value.Of(v))),
        Gen.ULong.Select(v => ("_subject", Value.Subject(v))),
        Gen.ULong.Select(v => ("_record", Value.Record((UInt128)v * 977))));

    private static Gen<Filter> Filters(int depth)
    {
        var leaf = Gen.OneOf<Filter>(
            Gen.Select(Leaf, Gen.Enum<Comparison>(), (l, c) => (Filter)new Filter.Compare(l.Name, c, l.Value)),
            Leaf.Select(l => (Filter)new Filter.Between(l.Name, l.Value, l.Value)),
            Leaf.Select(l => (Filter)new Filter.IsNull(l.Name)),
            Gen.String.Select(v => (Filter)new Filter.Contains("t", v)),
            Gen.String.Select(v => (Filter)new Filter.StartsWith("t", v)));
        return depth == 0 ? leaf : Gen.OneOf(leaf, Filters(depth - 1).Select(f => (Filter)new Filter.Not(f)));
    }

    [Fact]
    public void What_is_written_is_read_as_the_same_tree() => Filters(3).Sample(filter =>
    {
        var query = new Query("lab.result") { Where = filter, Limit = 7, Offset = 2 };
        var json = JsonElement.Parse(QueryJson.Write(query).ToJsonString());
        var read = QueryJson.Read(json, n => Kinds.TryGetValue(n, out var kind) ? kind : null).Value;
        Assert.Equal(query.Where, read.Where);
        Assert.Equal((7L, 2L), (read.Limit, read.Offset));
    });

    [Theory]
    [InlineData("""{"outputs": []}""", "$")]
    [InlineData("""{"data_set": "x", "wher": 1}""", "$")]
    [InlineData("""{"data_set": "x", "where": {"name": "n", "op": "~", "value": 1}}""", "$.where.op")]
    [InlineData("""{"data_set": "x", "where": {"and": [{"name": "n", "op": "=", "value": "one"}]}}""", "$.where.and[0].value")]
    [InlineData("""{"data_set": "x", "limit": -1}""", "$.limit")]
    [InlineData("""{"data_set": "x", "order": [{"name": 5}]}""", "$.order[0].name")]
    public void What_is_wrong_is_told_with_its_path(string json, string path)
    {
        var problem = QueryJson.Read(JsonElement.Parse(json), n => Kinds.TryGetValue(n, out var kind) ? kind : null).Problem!;
        Assert.Equal(("query.json", path), (problem.Code, problem.Where!.Path));
    }

    [Fact]
    public void A_deep_tree_is_refused_and_breaks_nothing()
    {
        var json = string.Concat(Enumerable.Repeat("{\"not\":", 60)) + "{\"name\":\"n\",\"is_null\":true}" + new string('}', 60);
        Assert.True(QueryJson.Read(JsonElement.Parse($"{{\"data_set\":\"x\",\"where\":{json}}}"), _ => ValueKind.Number).Ok);
        var deep = string.Concat(Enumerable.Repeat("{\"not\":", 500)) + "{}" + new string('}', 500);
        Assert.Equal("query.json", QueryJson.Read(JsonDocument.Parse($"{{\"data_set\":\"x\",\"where\":{deep}}}", new() { MaxDepth = 1000 }).RootElement, _ => ValueKind.Number).Problem!.Code);
    }
}
