using CsCheck;
using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Tests.Engines.Lake;

namespace Yunnao.Tests.Engines.Trust;

/// <summary>
/// The proof that nothing outside a Scope is seen: two lakes that differ only in what the Scope does not show (rows out of reach, hidden items, the
/// part of a value that a mask or a month leaves out) give the same answer to every question, and the same refusal. Whatever leaked by any way,
/// a filter, an order, a group, a join, an error, would make some answer differ.
/// </summary>
public sealed class NoninterferenceTests(NoninterferenceTests.TwoLakes lakes) : IClassFixture<NoninterferenceTests.TwoLakes>
{
    private const int Rows = 60;
    private readonly DuckDbLake _first = lakes.First, _second = lakes.Second;

    /// <summary>The two lakes, made once.</summary>
    public sealed class TwoLakes : IDisposable
    {
        private readonly LakeFolder _one = new(), _other = new();

        public TwoLakes() => (First, Second) = (Fill(_one, secret: 1), Fill(_other, secret: 2));

        internal DuckDbLake First { get; }

        internal DuckDbLake Second { get; }

        public void Dispose()
        {
            First.Dispose();
            Second.Dispose();
            _one.Dispose();
            _other.Dispose();
        }
    }

    /// <summary>Organisation B; of its persons those who consented; code masked, times and days by month, value in bands, price and urgent hidden, keys pseudonyms.</summary>
    private static Scope Scope { get; } = new(
        "researcher", "study",
        new Dictionary<string, DataSetScope>
        {
            ["lab.result"] = new(
                new RowFilter(["B"], Consent: new("research", "B", OptIn: true, new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc))),
                ItemAction.Pseudonym,
                new Dictionary<string, ItemAction>
                {
                    ["org_code"] = ItemAction.Clear, ["reported"] = ItemAction.Generalise, ["collected"] = ItemAction.Generalise, ["code"] = ItemAction.Mask,
                    ["value"] = ItemAction.Generalise, ["result_no"] = ItemAction.Pseudonym,
                })
            {
                Generalisations = new Dictionary<string, Generalisation> { ["value"] = new Generalisation.Band(5, 20) },
            },
        },
        operations: false,
        new byte[32]);

    private static Gen<string> Names { get; } = Pick.Of(
        "_record", "_subject", "_org", "_time", "_batch", "_version", "_checks", "org_code", "reported", "collected", "code", "value", "price", "urgent", "result_no", "_rejected", "_person", "patient_name", "_arrival");

    private static Gen<Value> Values { get; } = Gen.OneOf(
        Gen.Int[-1, 30].Select(v => Value.Of((long)v)),
        Pick.Of("C", "C0", "C1", "C**", "A", "B", "", "X").Select(Value.Of),
        Gen.Int[0, 400].Select(d => Value.Of(new DateOnly(2024, 1, 1).AddDays(d))),
        Gen.Int[0, 400].Select(d => Value.Of(new DateTime(2024, 1, 1).AddDays(d))),
        Gen.Bool.Select(Value.Of),
        Gen.ULong[0, 9].Select(Value.Subject),
        Gen.ULong[0, 9].Select(k => Value.Record(k)));

    /// <summary>Conditions that fit the columns as they are shown, so that many queries are answered.</summary>
    private static Gen<Filter> Fitting { get; } = Gen.OneOf(
        Gen.Select(Gen.Enum<Comparison>(), Gen.Int[-1, 30], (c, v) => (Filter)new Filter.Compare("value", c, Value.Of((long)v))),
        Gen.Select(Pick.Of("code", "org_code", "_subject", "result_no"), Gen.Enum<Comparison>(), Pick.Of("C", "C**", "C1", "B", "8"), (n, c, v) => (Filter)new Filter.Compare(n, c, Value.Of(v))),
        Gen.Select(Pick.Of("reported", "collected"), Gen.Enum<Comparison>(), Gen.Int[0, 400], (n, c, d) => (Filter)new Filter.Compare(n, c, Value.Of(new DateOnly(2024, 1, 1).AddDays(d)))),
        Gen.Select(Pick.Of("code", "_record"), Pick.Of("C", "1", "*"), (n, t) => (Filter)new Filter.Contains(n, t)),
        Pick.Of("value", "code", "collected", "_version").Select(n => (Filter)new Filter.IsNull(n)));

    private static Gen<string> Joined { get; } = Pick.Of("_subject", "_record", "code", "result_no", "_org", "collected", "value", "price");

    private static Gen<Filter> Filters { get; } = Gen.Recursive<Filter>((depth, inner) => Gen.OneOf(
        Fitting, Fitting, Fitting, Fitting, Fitting, Fitting, Fitting, Fitting, Fitting, Fitting, Fitting, Fitting,
        Gen.Select(Names, Gen.Enum<Comparison>(), Values, (n, c, v) => (Filter)new Filter.Compare(n, c, v)),
        Gen.Select(Names, Values.Array[0, 3], (n, v) => (Filter)new Filter.In(n, v)),
        Gen.Select(Names, Values, Values, (n, a, b) => (Filter)new Filter.Between(n, a, b)),
        Names.Select(n => (Filter)new Filter.IsNull(n)),
        Gen.Select(Names, Pick.Of("C", "1", "C**", "*"), (n, t) => (Filter)new Filter.Contains(n, t)),
        Gen.Select(Names, Pick.Of("C", "C1", "C**"), (n, t) => (Filter)new Filter.StartsWith(n, t)),
        Gen.Select(Pick.Of("code", "org_code"), Pick.Of("c", "C1", "É"), (n, t) => (Filter)new Filter.StartsWith(n, t, Folded: true)),
        depth > 1 ? Gen.Const((Filter)new Filter.And([])) : Gen.Select(Joined, Joined, inner, (n, m, f) => (Filter)new Filter.Among([n], new("lab.result") { Outputs = [new(n == "value" ? m : n)], Where = f })),
        depth > 1 ? Gen.Const((Filter)new Filter.And([])) : inner.Select(f => (Filter)new Filter.Among(["_subject", "_org"], new("lab.result") { Outputs = [new("_subject"), new("_org")], Where = f })),
        depth > 2 ? Gen.Const((Filter)new Filter.And([])) : inner.Array[0, 3].Select(p => (Filter)new Filter.And(p)),
        depth > 2 ? Gen.Const((Filter)new Filter.Or([])) : inner.Array[0, 3].Select(p => (Filter)new Filter.Or(p)),
        depth > 2 ? Gen.Const((Filter)new Filter.And([])) : inner.Select(p => (Filter)new Filter.Not(p))));

    private static Gen<string> Shown { get; } = Gen.OneOf(
        Pick.Of("_record", "_subject", "_org", "_version", "org_code", "reported", "collected", "code", "value", "result_no"),
        Pick.Of("_record", "_subject", "_org", "_version", "org_code", "reported", "collected", "code", "value", "result_no"), Names);

    private static Gen<Query> Queries { get; } = Gen.Select(
        Gen.Select(Shown, Gen.Enum<Aggregate>(), (n, a) => new Output(n, a)).Array[0, 4], Filters.Null(), Gen.Select(Shown, Gen.Bool, (n, d) => new Ordering(n, d)).Array[0, 2],
        (outputs, where, order) => new Query("lab.result") { Outputs = outputs, Where = where, Order = order, Versions = order.Length == 2, NewestOf = outputs.Length == 1 ? "_subject" : null });

    [Fact]
    public void The_two_lakes_do_differ_in_what_is_not_shown() =>
        Assert.NotEqual(Dump(_first), Dump(_second));

    /// <summary>A record comes soon after it happened, so the batch would tell the day where a month is shown.</summary>
    [Fact]
    public async Task When_a_record_came_is_not_told_where_its_time_is_shown_as_a_month()
    {
        foreach (var query in new Query[]
        {
            new("lab.result") { Outputs = [new(Query.ArrivalColumn)] }, new("lab.result") { Outputs = [new("code")], Where = new Filter.Compare(Query.ArrivalColumn, Comparison.Less, Value.Of(9L)) },
            new("lab.result") { Outputs = [new("code")], Order = [new(Query.ArrivalColumn)] },
        })
            Assert.Equal("query.item", (await _first.Ask(query, Scope)).Problem!.Code);
    }

    [Fact]
    public async Task No_query_tree_tells_the_two_lakes_apart()
    {
        var answered = 0;
        await Queries.SampleAsync(async query => { answered += await SameAsync(l => l.Ask(query, Scope)) ? 1 : 0; }, iter: 2000, threads: 1);
        Assert.True(answered > 200, $"Only {answered} queries were answered; the others were refused.");
    }

    /// <summary>A limit cuts where the order says; the order of a page ends in the record.</summary>
    [Fact]
    public async Task No_page_of_rows_tells_the_two_lakes_apart()
    {
        var answered = 0;
        var pages = Gen.Select(Filters, Shown, Gen.Int[0, 9], Gen.Int[0, 5], (filter, name, limit, offset) => new Query("lab.result")
        {
            Outputs = [new("_record"), new("value"), new("code")], Where = filter, Order = [new(name), new("_record")], Limit = limit, Offset = offset,
        });
        await pages.SampleAsync(async query => { answered += await SameAsync(l => l.Ask(query, Scope)) ? 1 : 0; }, iter: 800, threads: 1);
        Assert.True(answered > 50, $"Only {answered} queries were answered; the others were refused.");
    }

    [Theory]
    [InlineData("SELECT * FROM lab.result")]
    [InlineData("SELECT count(*), count(DISTINCT code), min(value), max(value), avg(value) FROM lab.result")]
    [InlineData("SELECT price FROM lab.result")]
    [InlineData("SELECT value FROM lab.result ORDER BY price")]
    [InlineData("SELECT count(*) FROM lab.result GROUP BY urgent")]
    [InlineData("SELECT count(*) FROM lab.result WHERE price > 10")]
    [InlineData("SELECT COLUMNS('pri.*') FROM lab.result")]
    [InlineData("SELECT r FROM lab.result r")]
    [InlineData("SELECT struct_pack(r := r) FROM lab.result r")]
    [InlineData("SELECT row_number() OVER (ORDER BY code, value, _record) AS n, value FROM lab.result")]
    [InlineData("SELECT a.value, b.value FROM lab.result a JOIN lab.result b ON a._subject = b._subject AND a.value < b.value")]
    [InlineData("SELECT count(*) FROM lab.result WHERE code = 'C1'")]
    [InlineData("SELECT count(*) FROM lab.result WHERE code LIKE 'C1%'")]
    [InlineData("SELECT count(*) FROM lab.result WHERE reported > '2024-02-10'")]
    [InlineData("SELECT count(*) FROM lab.result WHERE day(collected) > 3")]
    [InlineData("SELECT count(*) FROM lab.result WHERE value = 7")]
    [InlineData("SELECT count(*) FROM lab.result WHERE CAST(CASE WHEN value >= 20 THEN 'x' ELSE '1' END AS INTEGER) = 1")]
    [InlineData("SELECT count(*) FROM lab.result WHERE CAST(code AS INTEGER) = 1")]
    [InlineData("SELECT count(*) FROM lab.result WHERE CAST(CASE WHEN org_code = 'A' THEN 'x' ELSE '1' END AS INTEGER) = 1")]
    [InlineData("SELECT count(*) FROM lab.result WHERE CAST(CASE WHEN _org <> 'B' THEN 'x' ELSE '1' END AS INTEGER) = 1")]
    [InlineData("SELECT count(*) FROM lab.result WHERE strptime(CASE WHEN org_code = 'A' THEN 'x' ELSE '2024' END, '%Y') IS NOT NULL")]
    [InlineData("SELECT count(*) FROM lab.result WHERE 9223372036854775807 + (CASE WHEN org_code = 'A' THEN 1 ELSE 0 END) > 0")]
    [InlineData("SELECT count(*) FROM lab.result WHERE (SELECT CASE WHEN org_code = 'A' THEN CAST('x' AS INTEGER) ELSE 1 END) = 1")]
    [InlineData("SELECT sum(CAST(CASE WHEN org_code = 'A' THEN 'x' ELSE '1' END AS INTEGER)) FROM lab.result")]
    [InlineData("SELECT count(*) FROM lab.result a, lab.result b WHERE a.org_code = b.org_code AND CAST(CASE WHEN a._org = 'A' THEN 'x' ELSE '1' END AS INTEGER) = 1")]
    [InlineData("SELECT * FROM trust.consent")]
    [InlineData("SELECT * FROM main.lab.result")]
    [InlineData("SELECT * FROM lake.lab.result")]
    [InlineData("SELECT * FROM ops.quarantine")]
    [InlineData("SELECT * FROM history.result")]
    [InlineData("SELECT * FROM duckdb_tables()")]
    [InlineData("SELECT * FROM information_schema.tables")]
    [InlineData("SELECT * FROM query('SELECT * FROM lab.result')")]
    [InlineData("SELECT * FROM query_table('lab.result')")]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')")]
    [InlineData("SELECT * FROM '/etc/passwd'")]
    [InlineData("SELECT getenv('HOME')")]
    [InlineData("SELECT current_setting('temp_directory')")]
    [InlineData("SELECT value FROM lab.result; SELECT price FROM lab.result")]
    [InlineData("COPY lab.result TO '/tmp/x'")]
    [InlineData("ATTACH ':memory:' AS x")]
    [InlineData("PRAGMA database_list")]
    [InlineData("SET memory_limit = '1GB'")]
    [InlineData("INSERT INTO lab.result SELECT * FROM lab.result")]
    [InlineData("WITH lab AS (SELECT 1) SELECT * FROM lab.result")]
    [InlineData("WITH result AS (SELECT * FROM lab.result) SELECT price FROM result")]
    [InlineData("SELECT (SELECT max(price) FROM lab.result)")]
    [InlineData("SELECT rowid FROM lab.result")]
    [InlineData("SELECT r.rowid, r.ctid FROM lab.result r")]
    [InlineData("SELECT _rejected FROM lab.result")]
    [InlineData("SELECT _seen FROM lab.result")]
    [InlineData("SELECT r._seen, r._person FROM lab.result r")]
    [InlineData("SELECT * FROM lab.result r POSITIONAL JOIN lab.result s")]
    [InlineData("SELECT * FROM lab.result ASOF JOIN lab.result s USING (value)")]
    [InlineData("PIVOT lab.result ON code USING count(*)")]
    [InlineData("UNPIVOT lab.result ON price INTO NAME n VALUE v")]
    [InlineData("SUMMARIZE lab.result")]
    [InlineData("DESCRIBE lab.result")]
    [InlineData("EXPLAIN ANALYZE SELECT * FROM lab.result")]
    [InlineData("SELECT * FROM lab.result WHERE EXISTS (SELECT 1 FROM lab.result i WHERE i.price > 3)")]
    [InlineData("SELECT list(price) FROM lab.result")]
    [InlineData("SELECT first(value ORDER BY price) FROM lab.result")]
    [InlineData("SELECT error(code) FROM lab.result")]
    [InlineData("SELECT count(*) FROM lab.result WHERE code NOT IN (SELECT code FROM lab.result WHERE price > 1)")]
    public async Task No_text_tells_the_two_lakes_apart(string sql)
    {
        // More than once: the engine changes the order of conditions while it runs.
        for (var i = 0; i < 3; i++) await SameAsync(l => l.Sql(sql, Scope));
    }

    private async Task<bool> SameAsync(Func<DuckDbLake, Task<Yunnao.Kernel.Result<List<string>>>> ask)
    {
        var (one, other) = (await AskAsync(_first, ask), await AskAsync(_second, ask));
        Assert.Equal(one.Problem, other.Problem);
        if (one.Lines is null) return false;
        Assert.Equal(one.Lines.Order(StringComparer.Ordinal), other.Lines!.Order(StringComparer.Ordinal));
        return one.Lines.Count > 0;
    }

    private static async Task<(string? Problem, List<string>? Lines)> AskAsync(DuckDbLake lake, Func<DuckDbLake, Task<Yunnao.Kernel.Result<List<string>>>> ask)
    {
        try
        {
            var answer = await ask(lake);
            return answer.Try(out var lines, out var problem) ? (null, lines) : (problem.ToString(), null);
        }
        catch (QueryFailedException e)
        {
            return (e.Problem.ToString(), null);
        }
    }

    private static List<string> Dump(DuckDbLake lake) => lake.Read(c => c.Rows(r => string.Join('|', Enumerable.Range(0, r.FieldCount).Select(i => $"{r[i]}")), "SELECT * FROM lab.result ORDER BY ALL"));

    /// <summary>What B's consenting persons (even subjects) have is shown alike in both; everything else depends on the secret.</summary>
    private static DuckDbLake Fill(LakeFolder folder, int secret)
    {
        var lake = folder.Open();
        using (var batch = lake.Begin(LakeFolder.Header()).Value)
        {
            // A row out of reach is there only with one of the secrets, or has other values.
            var rows = string.Join(" UNION ALL ", Enumerable.Range(1, Rows).Select(i =>
            {
                var (organisation, subject) = (i % 3 == 0 ? "A" : "B", i % 8);
                var shown = organisation == "B" && subject % 2 == 0;
                var key = shown ? i : (i * 1000) + secret;
                var month = shown ? i % 5 : (i + secret) % 12;
                var value = shown ? (i % 5 * 5) + secret : i * secret % 30;
                return $"""
                    SELECT md5_number('{organisation}{key}'), {subject}::UBIGINT, '{organisation}', TIMESTAMP '2024-01-01' + to_months({month}) + to_days({(i * secret) % 25}),
                      {batch.Number}, 1, {secret}::UBIGINT, 'R{key}', '{(shown ? 'C' : 'D')}{secret}{i * secret}', {value}::DOUBLE, {i * secret}::DECIMAL(18,2),
                      (DATE '2024-01-01' + to_months({month}))::DATE + {(i * secret) % 20}, {(i + secret) % 2} = 0, NULL
                    """;
            }));
            batch.Append(TestShapes.Lab, TestShapes.Lab.Columns, rows);
            batch.Settle(TestShapes.Lab);
            batch.Commit();
        }

        var since = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        lake.PutConsentsAsync(
            [
                .. Enumerable.Range(0, 4).Select(s => new ConsentState((ulong)(2 * s), "research", ConsentState.Everybody, true, since, null)),
                new(1, "research", "C", true, since, null), new(3, "research", "B", false, since, null), new((ulong)(100 + secret), "research", "B", true, since, null),
            ],
            secret, default).GetAwaiter().GetResult();
        return lake;
    }
}
