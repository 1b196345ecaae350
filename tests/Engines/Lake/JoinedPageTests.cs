using System.Collections.Frozen;
using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>Pages of the rows of many persons, which are looked for before they are read, against the whole answer.</summary>
public sealed class JoinedPageTests : IDisposable
{
    private const int Persons = 400;

    private static readonly Scope s_narrow = new(
        "researcher", "study",
        new Dictionary<string, DataSetScope>
        {
            ["lab.result"] = new(new RowFilter(["B"], null), ItemAction.Clear, new Dictionary<string, ItemAction> { ["reported"] = ItemAction.Generalise, ["code"] = ItemAction.Mask, ["value"] = ItemAction.Clear }),
        },
        operations: false);

    private readonly LakeFolder _folder = new();
    private readonly DuckDbLake _lake;

    public JoinedPageTests()
    {
        _lake = _folder.Open();
        for (var batch = 0; batch < 2; batch++)
        {
            using var open = _lake.Begin(LakeFolder.Header($"0{batch}")).Value;
            open.AppendLab([.. Enumerable.Range(batch * 1000, 1000).Select(i => new Row(i, i % 17, (ulong)(1 + (i * 7 % Persons)), Org: i % 3 == 0 ? "A" : "B"))]);
            open.Settle(TestShapes.Lab);
            open.Commit();
        }
    }

    public void Dispose()
    {
        _lake.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<bool, bool, bool> Kinds => new MatrixTheoryData<bool, bool, bool>([false, true], [false, true], [false, true]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Pages_of_many_persons_together_are_the_whole_answer(bool wide, bool inner, bool optimized)
    {
        if (optimized) await _lake.OptimizeAsync(default);
        ulong[] persons = [.. Enumerable.Range(1, Persons).Where(p => p % 3 != 1).Select(p => (ulong)p)];
        Filter among = inner
            ? new Filter.Among(["_subject"], new("lab.result") { Outputs = [new("_subject")], Where = new Filter.Compare("value", Comparison.Equal, Value.Of(3L)) })
            : new Filter.In("_subject", [.. persons.Select(Value.Subject)]);
        var query = new Query("lab.result")
        {
            Outputs = [new("value"), new("code"), new("_subject"), new("reported")], Where = new Filter.And([among, new Filter.Compare("value", Comparison.Less, Value.Of(9L))]),
            Order = [new("value", Descending: true), new("reported")], Keyed = true,
        };
        var scope = wide ? null : s_narrow;
        var whole = (await _lake.Ask(query, scope)).Value;
        Assert.True(whole.Count > 100);
        if (!inner) Assert.Equal(whole, (await _lake.Ask(query with { Where = new Filter.And([new Filter.Or([.. persons.Select(p => new Filter.Compare("_subject", Comparison.Equal, Value.Subject(p)))]), ((Filter.And)query.Where).Parts[1]]) }, scope)).Value);

        // By places, and by what the last row of the page before was.
        Assert.Equal(whole[20..70], (await _lake.Ask(query with { Limit = 50, Offset = 20 }, scope)).Value);
        var (pages, after) = (new List<string>(), (IReadOnlyList<Value?>?)null);
        while (true)
        {
            var page = (await _lake.Ask(query with { Limit = 37, After = after }, scope)).Value;
            pages.AddRange(page);
            if (page.Count < 37) break;
            var last = page[^1].Split('|');
            var reported = DateTime.Parse(last[5], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal);
            after = [Value.Of(double.Parse(last[4], System.Globalization.CultureInfo.InvariantCulture)), wide ? Value.Of(DateTime.SpecifyKind(reported, DateTimeKind.Unspecified)) : Value.Of(DateOnly.FromDateTime(reported)), Value.Record(UInt128.Parse(last[6], System.Globalization.CultureInfo.InvariantCulture))];
        }

        Assert.Equal(whole, pages);
    }

    /// <summary>Pages of many persons in their order are asked of some of them at a time, wherever a page ends and however few rows fit.</summary>
    [Theory]
    [InlineData(false, 17)]
    [InlineData(true, 17)]
    [InlineData(true, 1)]
    [InlineData(true, 0)]
    public async Task Pages_in_the_order_of_persons_are_the_whole_answer(bool optimized, int below)
    {
        if (optimized) await _lake.OptimizeAsync(default);
        Assert.Equal(optimized, _lake.LiesByPersons("lab.result"));
        Filter fits = new Filter.Compare("value", Comparison.Less, Value.Of((long)below));
        var query = new Query("lab.result")
        {
            Outputs = [new("value"), new("_subject")], Where = new Filter.And([fits, new Filter.In("_subject", [.. Enumerable.Range(1, Persons).Where(p => p % 3 != 1).Reverse().Select(p => Value.Subject((ulong)p))])]),
            Order = [new("_subject")], Keyed = true,
        };
        var whole = (await _lake.Ask(query)).Value;
        Assert.Equal(below > 1, whole.Count > 500);
        foreach (var limit in (int[])[7, 300, 1100])
        {
            var (pages, after) = (new List<string>(), (IReadOnlyList<Value?>?)null);
            while (true)
            {
                var page = (await _lake.Ask(query with { Limit = limit, After = after })).Value;
                pages.AddRange(page);
                if (page.Count < limit) break;
                var last = page[^1].Split('|');
                after = [Value.Subject(ulong.Parse(last[1], System.Globalization.CultureInfo.InvariantCulture)), Value.Record(UInt128.Parse(last[3], System.Globalization.CultureInfo.InvariantCulture))];
            }

            Assert.Equal(whole, pages);
        }
    }

    /// <summary>Rows that are committed and still to be changed are read through a statement, and a data set to which no row ever came has no table: neither has places.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_of_rows_that_have_no_places_are_the_same(bool inner)
    {
        Filter among = inner
            ? new Filter.Among(["_subject"], new("lab.result") { Outputs = [new("_subject")], Where = new Filter.Compare("value", Comparison.Equal, Value.Of(3L)) })
            : new Filter.In("_subject", [.. Enumerable.Range(1, 100).Select(p => Value.Subject((ulong)p))]);
        var query = new Query("lab.result") { Outputs = [new("value"), new("_subject")], Where = among, Order = [new("value")], Keyed = true, Limit = 60 };
        var before = (await _lake.Ask(query)).Value;
        Assert.Equal(60, before.Count);
        _lake.ExpectTouches();
        _lake.Read(c => c.Execute("INSERT INTO ops.touch (batch, data_set, position, version, superseded) VALUES (1, 'lab.result', 0, 2, false)"));
        Assert.Equal(before, (await _lake.Ask(query)).Value);

        using var folder = new LakeFolder();
        using (folder.Open(TestShapes.Drug))
        {
        }

        using var without = folder.OpenReadOnly();
        Assert.Empty((await without.Ask(query)).Value);
    }

    /// <summary>Who asks for a person that was merged into another finds the rows where they lie now, once.</summary>
    [Fact]
    public async Task A_merged_person_is_in_the_place_of_the_other()
    {
        Assert.True(_lake.FollowMerges(() => new Dictionary<ulong, ulong> { [3] = 399, [398] = 2 }.ToFrozenDictionary(), default).Ok);
        await _lake.OptimizeAsync(default);
        ulong[] persons = [3, 398, 399, .. Enumerable.Range(100, 100).Select(p => (ulong)p)];
        var query = new Query("lab.result") { Outputs = [new("_subject")], Where = new Filter.In("_subject", [.. persons.Select(Value.Subject)]), Order = [new("_subject")], Keyed = true };
        var whole = (await _lake.Ask(query)).Value;
        Assert.Equal(2UL, ulong.Parse(whole[0].Split('|')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(whole, (await _lake.Ask(query with { Limit = 1000 })).Value);
        Assert.Equal(whole[..5], (await _lake.Ask(query with { Limit = 5 })).Value);
    }
}
