using CsCheck;
using Xunit;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Trust.Rights;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>Query trees against the same question asked of the rows in memory, under a wide and under a narrow Scope.</summary>
public sealed class QueryTests : IDisposable
{
    private static readonly Row[] s_rows = [.. Enumerable.Range(1, 40).Select(i => new Row(i, i % 7, (ulong)(i % 5), Org: i % 3 == 0 ? "A" : "B"))];

    /// <summary>Organisation B only; time by month, code masked, value clear, keys and key items as pseudonyms, everything else hidden.</summary>
    private static readonly Scope s_narrow = new(
        "researcher", "study",
        new Dictionary<string, DataSetScope>
        {
            ["lab.result"] = new(new RowFilter(["B"], [1, 2, 3]), ItemAction.Pseudonym, new Dictionary<string, ItemAction>
            {
                ["reported"] = ItemAction.Generalise, ["code"] = ItemAction.Mask, ["value"] = ItemAction.Clear, ["result_no"] = ItemAction.Pseudonym,
            }),
        },
        operations: false,
        new byte[32]);

    private readonly LakeFolder _folder = new();
    private readonly DuckDbLake _lake;

    public QueryTests()
    {
        _lake = _folder.Open();
        using var batch = _lake.Begin(LakeFolder.Header()).Value;
        batch.AppendLab(s_rows);
        batch.Settle(TestShapes.Lab);
        batch.Commit();
    }

    /// <summary>What a holder sees of a row.</summary>
    private sealed record Seen(int Key, double Value, string Code, DateTime Reported);

    private static Gen<Filter> Filters { get; } = Gen.Recursive<Filter>((depth, inner) => Gen.OneOf(
        Gen.Select(Gen.Enum<Comparison>(), Gen.Int[0, 7], (c, v) => (Filter)new Filter.Compare("value", c, Value.Of((double)v))),
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 7], (a, b) => (Filter)new Filter.Between("value", Value.Of((long)a), Value.Of((long)b))),
        Gen.Int[0, 7].Array[0, 3].Select(v => (Filter)new Filter.In("value", [.. v.Select(x => Value.Of((decimal)x))])),
        Gen.Char["C0123*"].Array[1, 2].Select(t => (Filter)new Filter.StartsWith("code", new string(t))),
        Gen.Char["C0123*"].Array[1, 2].Select(t => (Filter)new Filter.Contains("code", new string(t))),
        Gen.Const((Filter)new Filter.IsNull("value")),
        depth > 3 ? Gen.Const((Filter)new Filter.And([])) : inner.Array[0, 3].Select(p => (Filter)new Filter.And(p)),
        depth > 3 ? Gen.Const((Filter)new Filter.Or([])) : inner.Array[0, 3].Select(p => (Filter)new Filter.Or(p)),
        depth > 3 ? Gen.Const((Filter)new Filter.Or([])) : inner.Select(p => (Filter)new Filter.Not(p))));

    public void Dispose()
    {
        _lake.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public Task Any_filter_chooses_the_rows_it_says() => Gen.Select(Filters, Gen.Bool).SampleAsync(
        async (filter, wide) =>
        {
            var expected = (wide ? Wide() : Narrow()).Where(r => Holds(filter, r)).Select(r => $"{r.Value}|{r.Code}").Order(StringComparer.Ordinal);
            var query = new Query("lab.result") { Outputs = [new("value"), new("code")], Where = filter };
            var lines = (await _lake.Ask(query, wide ? null : s_narrow)).Value;
            Assert.Equal(expected, lines.Order(StringComparer.Ordinal));
        },
        iter: 300,
        threads: 1);

    [Fact]
    public async Task Pages_by_cursor_give_every_row_once_in_order()
    {
        var order = new Ordering[] { new("value", Descending: true), new("reported"), new("_record") };
        var query = new Query("lab.result") { Outputs = [new("value"), new("reported"), new("_record")], Order = order };
        var whole = (await _lake.Ask(query)).Value;
        var pages = new List<string>();
        IReadOnlyList<Value?>? after = null;
        while (true)
        {
            var page = (await _lake.Ask(query with { Limit = 7, After = after })).Value;
            if (page.Count == 0) break;
            pages.AddRange(page);
            var last = page[^1].Split('|');
            after = [Value.Of(double.Parse(last[0])), Value.Of(DateTime.Parse(last[1])), Value.Record(UInt128.Parse(last[2]))];
        }

        Assert.Equal(40, whole.Count);
        Assert.Equal(whole, pages);
    }

    [Fact]
    public async Task Aggregates_are_grouped_by_the_other_outputs()
    {
        var query = new Query("lab.result")
        {
            Outputs = [new("org_code"), new(null, Aggregate.Count), new("value", Aggregate.Max), new("value", Aggregate.Sum, "total"), new("_subject", Aggregate.CountDistinct)],
            Order = [new("org_code")],
        };
        var expected = s_rows.GroupBy(r => r.Org).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key}|{g.Count()}|{g.Max(r => r.Value)}|{g.Sum(r => r.Value)}|{g.Select(r => r.Subject).Distinct().Count()}");
        Assert.Equal(expected, (await _lake.Ask(query)).Value);
    }

    [Fact]
    public async Task A_record_key_is_shown_in_the_digits_that_find_it_again()
    {
        var digits = (await _lake.Ask(new Query("lab.result") { Outputs = [new("_record")], Order = [new("_record")] })).Value;
        Assert.Equal(_lake.Read(c => c.Rows(r => r.GetString(0), "SELECT _record::VARCHAR FROM lab.result ORDER BY _record")), digits);
        Assert.Equal(digits, (await _lake.Sql("SELECT _record FROM lab.result ORDER BY _record")).Value);
        Assert.Equal([digits[3]], (await _lake.Sql($"SELECT _record FROM lab.result WHERE _record = {digits[3]}")).Value);
        Assert.Equal(["-", "0", "340282366920938463463374607431768211455"], (await _lake.Sql(
            "SELECT x::UHUGEINT FROM (VALUES (NULL), ('0'), ('340282366920938463463374607431768211455')) v(x) ORDER BY x NULLS FIRST")).Value);
        var ends = new Query("lab.result") { Outputs = [new("_record", Aggregate.Min), new("_record", Aggregate.Max), new("_record", Aggregate.CountDistinct)] };
        Assert.Equal([$"{digits[0]}|{digits[^1]}|40"], (await _lake.Ask(ends)).Value);
    }

    [Fact]
    public async Task A_query_without_outputs_shows_what_the_scope_shows_and_no_more()
    {
        var lines = (await _lake.Ask(new Query("lab.result") { Limit = 1, Order = [new("value")] }, s_narrow)).Value;
        Assert.Matches(@"^[0-9a-f]{32}\|[0-9a-f]{32}\|2024-\d\d-01\|1\|[0-9a-f]{32}\|2024-\d\d-01\|C\*\*\|\d$", Assert.Single(lines));
    }

    [Fact]
    public async Task A_pseudonym_is_the_same_for_one_recipient_and_different_for_another()
    {
        var other = new Scope("other", "study", new Dictionary<string, DataSetScope> { ["lab.result"] = s_narrow.Of("lab.result")! }, false, Enumerable.Repeat((byte)1, 32).ToArray());
        var query = new Query("lab.result") { Outputs = [new("result_no")], Order = [new("result_no")] };
        var first = (await _lake.Ask(query, s_narrow)).Value;
        Assert.Equal(first, (await _lake.Ask(query, s_narrow)).Value);
        Assert.Empty(first.Intersect((await _lake.Ask(query, other)).Value));
        var again = query with { Where = new Filter.Compare("result_no", Comparison.Equal, Value.Of(first[0])) };
        Assert.Equal([first[0]], (await _lake.Ask(again, s_narrow)).Value);
    }

    public static TheoryData<Query, string> Wrong => new()
    {
        { new Query("lab.nothing"), "query.data-set" },
        { new Query("drug.order"), "scope.data-set" },
        { new Query("lab.result") { Outputs = [new("nothing")] }, "query.item" },
        { new Query("lab.result") { Outputs = [new("price")] }, "scope.item" },
        { new Query("lab.result") { Outputs = [new("patient_name")] }, "scope.item" },
        { new Query("lab.result") { Outputs = [new("_org")] }, "scope.item" },
        { new Query("lab.result") { Where = new Filter.Not(new Filter.IsNull("price")) }, "scope.item" },
        { new Query("lab.result") { Order = [new("price")] }, "scope.item" },
        { new Query("lab.result") { Where = new Filter.Compare("value", Comparison.Equal, Value.Of("1 OR 1=1")) }, "query.type" },
        { new Query("lab.result") { Where = new Filter.Compare("_subject", Comparison.Equal, Value.Subject(1)) }, "query.type" },
        { new Query("lab.result") { Where = new Filter.Compare("reported", Comparison.Less, Value.Of(DateTime.UnixEpoch)) }, "query.type" },
        { new Query("lab.result") { Where = new Filter.Contains("value", "1") }, "query.type" },
        { new Query("lab.result") { Outputs = [new(null)] }, "query.outputs" },
        { new Query("lab.result") { Outputs = [new("code", Aggregate.Sum)] }, "query.outputs" },
        { new Query("lab.result") { Outputs = [new("code"), new("value", As: "CODE")] }, "query.outputs" },
        { new Query("lab.result") { Outputs = [new(null, Aggregate.Count)], Order = [new("value")] }, "query.order" },
        { new Query("lab.result") { Limit = -1 }, "query.page" },
        { new Query("lab.result") { After = [Value.Of(1L)], Order = [new("value")] }, "query.page" },
        { new Query("lab.result") { After = [Value.Of("x")], Order = [new("_record"), new("_record")] }, "query.page" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_query_is_refused(Query query, string code) => Assert.Equal(code, (await _lake.Ask(query, s_narrow)).Problem?.Code);

    [Fact]
    public async Task An_item_without_level_or_action_is_shown_to_nobody()
    {
        var set = TestShapes.LabSet("1.1.0", TestShapes.Plain("no_level", Standards.ElementType.S3, level: null), TestShapes.Plain("no_action", Standards.ElementType.S3, deid: null));
        Assert.Null(await _lake.MakeTablesAsync([new(set)], TestContext.Current.CancellationToken));
        var scope = LocalAdministrator.ScopeOver([set], "test");
        foreach (var item in new[] { "no_level", "no_action" })
        {
            Assert.Equal("scope.item", (await _lake.Ask(new Query("lab.result") { Outputs = [new(item)] }, scope)).Problem?.Code);
        }

        Assert.Equal(ProblemKind.Incorrect, (await _lake.Sql("SELECT no_level FROM lab.result", scope)).Problem?.Kind);
    }

    [Fact]
    public async Task An_export_holds_the_rows_of_the_query()
    {
        var query = new Query("lab.result") { Outputs = [new("value"), new("code")], Order = [new("value")], Limit = 2, Where = new Filter.StartsWith("code", "C1") };
        foreach (var format in Enum.GetValues<ExportFormat>())
        {
            var file = Path.Combine(_folder.Path, $"export.{format}");
            Assert.Equal(2, (await _lake.ExportAsync(Answers.Administrator, query, new(file, format), TestContext.Current.CancellationToken)).Value);
            Assert.True(new FileInfo(file).Length > 0);
            Assert.False(File.Exists(file + ".part"));
        }

        Assert.Equal(["value,code", "0.0,C1", "0.0,C1"], await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "export.Csv"), TestContext.Current.CancellationToken));
    }

    private static IEnumerable<Seen> Wide() => s_rows.Select(r => new Seen(r.Key, r.Value, $"C{r.Key % 3}", new DateTime(2024, 1, 1).AddDays(r.Key)));

    private static IEnumerable<Seen> Narrow() => s_rows.Where(r => r.Org == "B" && r.Subject is (1 or 2 or 3)).Select(r => new Seen(r.Key, r.Value, "C**", default));

    private static bool Holds(Filter filter, Seen row) => filter switch
    {
        Filter.And f => f.Parts.All(p => Holds(p, row)),
        Filter.Or f => f.Parts.Any(p => Holds(p, row)),
        Filter.Not f => !Holds(f.Part, row),
        Filter.Compare f => Compare(row.Value.CompareTo(Number(f.Value)), f.Comparison),
        Filter.In f => f.Values.Any(v => Number(v) == row.Value),
        Filter.Between f => row.Value >= Number(f.Low) && row.Value <= Number(f.High),
        Filter.StartsWith f => row.Code.StartsWith(f.Text, StringComparison.Ordinal),
        Filter.Contains f => row.Code.Contains(f.Text, StringComparison.Ordinal),
        _ => false,
    };

    private static double Number(Value value) => Convert.ToDouble(value.Data);

    private static bool Compare(int sign, Comparison comparison) => comparison switch
    {
        Comparison.Equal => sign == 0,
        Comparison.NotEqual => sign != 0,
        Comparison.Less => sign < 0,
        Comparison.LessOrEqual => sign <= 0,
        Comparison.Greater => sign > 0,
        _ => sign >= 0,
    };
}
