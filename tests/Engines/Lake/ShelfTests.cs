using System.Text;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Types;
using Xunit;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Policies;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>What a shelf answers is what the engine answers: the same columns, the same rows, cell by cell.</summary>
public sealed class ShelfTests : IDisposable
{
    private const int Questions = 1000;

    private static readonly TableShape s_shape = new(TestShapes.LabSet(
        "1.0.0", TestShapes.Plain("amount", ElementType.N, 2, length: 5), TestShapes.Plain("large", ElementType.N, 2, length: 15), TestShapes.Plain("seen", ElementType.DT, 2),
        TestShapes.Plain("clock", ElementType.T, 2), TestShapes.Plain("note", ElementType.S1, 2), TestShapes.Plain("sparse", ElementType.S1, 2), TestShapes.Plain("unsent", ElementType.S1, 2),
        TestShapes.Plain("unsent_number", ElementType.N, 2, length: 5)));

    private static readonly string[] s_organisations = ["A", "B", "ÄÖ", "中"], s_texts = ["", "A", "C1", "C2", "é", "中文字", "👩‍⚕️x", "J18.9", "a longer text than twelve bytes", "J4"];

    private static readonly string[] s_purposes = ["care", "research"], s_recipients = [ConsentState.Everybody, "r1", "r2"];

    private static readonly DateTime s_decided = new(2026, 1, 1, 10, 0, 0, DateTimeKind.Utc);

    private readonly LakeFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Any_query_of_some_persons_under_any_Scope_is_answered_as_the_engine_answers_it()
    {
        using var lake = DuckDbLake.Open(new() { Folder = _folder.Path, MemoryLimitMb = 256, Threads = 2, Redactor = new Blackening() }, [s_shape]).Value;
        Load(lake, 1, 4000);
        Load(lake, 3500, 2000);
        Assert.True((await lake.OptimizeAsync(default)).Ok);
        lake.Shelves.Look(s_shape);
        var (shelved, random) = (0, new Random(20261129));
        var records = lake.Keys("SELECT md5_number('k' || i) FROM range(5600) t(i)");

        // Some decisions are read when they are first needed, others are put while answers are given.
        Assert.Null(await lake.PutConsentsAsync(Decisions(random), 1, default));
        lake.ReadDecisions();
        while (lake.Decisions.Allows(new("care", "r1", OptIn: false, DateTime.UnixEpoch), 0, lake.Survivors) is null) await Task.Delay(10, TestContext.Current.CancellationToken);
        for (var i = 0; i < Questions; i++)
        {
            if (i % 100 == 0) Assert.Null(await lake.PutConsentsAsync(Decisions(random), i + 2, default));
            var scope = AnyScope(random);
            var query = AnyQuery(random, ScopedTable.Of(s_shape, scope).Value, records);
            var answers = lake.Shelves.Answers;
            var ours = await Shown(await lake.RunAsync(scope, query, default));
            shelved += (int)(lake.Shelves.Answers - answers);
            lake.Shelves.AreOff = true;
            var engine = await Shown(await lake.RunAsync(scope, query, default));
            lake.Shelves.AreOff = false;
            Assert.True(engine == ours, $"{i}: {query} {Describe(query.Where)} {string.Join(", ", query.Order)} {scope.Of("lab.result")}\nengine {engine}\nshelf {ours}");
        }

        Assert.True(shelved > Questions / 4, $"The shelf answered {shelved}.");
    }

    [Fact]
    public async Task A_missing_number_is_in_no_band()
    {
        using var lake = _folder.Open(s_shape);
        Load(lake, 1, 2000);
        var items = new Dictionary<string, ItemAction> { ["amount"] = ItemAction.Generalise };
        var scope = new Scope("test", "test", new Dictionary<string, DataSetScope>
        {
            ["lab.result"] = new(RowFilter.All, ItemAction.Clear, items) { Generalisations = new Dictionary<string, Generalisation> { ["amount"] = new Generalisation.Band(10, 20) } },
        }, operations: false);
        var missing = await lake.Ask(new Query("lab.result") { Outputs = [new("amount")], Where = new Filter.IsNull("amount") }, scope);
        Assert.Equal(lake.Read(c => c.Scalar<long>("SELECT count(*) FROM lab.result WHERE amount IS NULL")), missing.Value.Count);
        Assert.NotEmpty(missing.Value);
    }

    private sealed class Blackening : ITextRedactor
    {
        public string Redact(string text, ulong? subject) => $"{text.Replace("C", "█", StringComparison.Ordinal)}{subject}";
    }

    private static string Describe(Filter? filter) => filter switch
    {
        Filter.And and => $"({string.Join(" and ", and.Parts.Select(Describe))})",
        Filter.Or or => $"({string.Join(" or ", or.Parts.Select(Describe))})",
        Filter.Not not => $"not {Describe(not.Part)}",
        Filter.In among => $"{among.Name} in {string.Join(", ", among.Values)}",
        _ => $"{filter}",
    };

    /// <summary>Schema and cells as text.</summary>
    private static async Task<string> Shown(Result<RowStream> result)
    {
        if (!result.Try(out var stream, out var problem)) return problem.ToString();
        using var text = new MemoryStream();
        await using (stream)
        {
            foreach (var field in stream.Schema.FieldsList)
                text.Write(Encoding.UTF8.GetBytes($"{field.Name} {Type(field.DataType)} {field.IsNullable} {field.HasMetadata}; "));
            await foreach (var batch in stream.Batches)
            {
                using (batch)
                {
                    for (var row = 0; row < batch.Length; row++)
                    {
                        using var json = new Utf8JsonWriter(text);
                        json.WriteStartArray();
                        foreach (var column in batch.Arrays) ArrowCell.Write(column, row, json);
                        json.WriteEndArray();
                        foreach (var column in batch.Arrays.Where(c => c is Decimal128Array or TimestampArray or DoubleArray)) Json(ArrowCell.Text(column, row));
                        json.Flush();
                    }
                }
            }
        }

        return Encoding.UTF8.GetString(text.ToArray());

        void Json(string? cell) => text.Write(Encoding.UTF8.GetBytes($"{cell ?? "-"} "));
    }

    private static string Type(IArrowType type) => type switch
    {
        TimestampType time => $"{time.Name} {time.Unit} {time.Timezone ?? "none"}",
        Decimal128Type number => $"{number.Name} {number.Precision} {number.Scale}",
        Time64Type time => $"{time.Name} {time.Unit}",
        _ => type.Name,
    };

    /// <summary>Rows with every type, of few different values, some of them missing; all follows from their numbers and that of the batch.</summary>
    private static void Load(DuckDbLake lake, int first, int rows)
    {
        using var batch = lake.Begin(LakeFolder.Header(objectId: null)).Value;
        var salt = 0;
        var columns = s_shape.Columns.Where(c => !c.Name.StartsWith("unsent", StringComparison.Ordinal)).ToList();
        var select = $"""
            SELECT md5_number('k' || i), {Maybe(30, $"CASE WHEN {Any(40)} = 0 THEN 18446744073709551615::UBIGINT ELSE {Any(40)}::UBIGINT END")}, {Maybe(25, OneOf(s_organisations))},
                {Maybe(20, $"TIMESTAMP '1969-12-20 13:00:00.5' + to_days({Any(40)}::INTEGER) + to_microseconds({Any(3)})")}, {batch.Number}, 1, {Any(3)}::UBIGINT,
                'R' || i, {Maybe(10, OneOf(s_texts))},
                {Maybe(10, $"CASE {Any(300)} % 60 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN -0.0::DOUBLE WHEN 3 THEN 0.0::DOUBLE ELSE {Any(20)} / 4 - 2 END")},
                {Maybe(10, $"({Any(2000)} / 100 - 10)::DECIMAL(18,2)")}, {Maybe(10, $"DATE '1969-11-30' + {Any(80)}::INTEGER")}, {Maybe(10, $"{Any(2)} = 0")},
                {Maybe(10, $"{Any(60)}::INTEGER - 30")}, {Maybe(10, $"{Any(5)} * 1000000000000 - 2")},
                {Maybe(10, $"TIMESTAMP '2024-02-28 23:59:59.999999' + to_microseconds({Any(3)}) + to_days({Any(400)}::INTEGER)")}, {Maybe(10, $"TIME '10:00:00' + to_microseconds({Any(3)})")},
                {Maybe(5, $"repeat({OneOf(s_texts)}, {Any(60)})")}, CASE WHEN {Any(50)} = 0 THEN 'here' END, CASE WHEN {Any(20)} = 0 THEN '{"{}"}' END
            FROM range({first}, {first + rows}) t(i)
            """;
        batch.Append(s_shape, columns, select);
        batch.Settle(s_shape);
        batch.Commit();

        string Any(int below) => $"(hash(i, {++salt}, {batch.Number}) % {below})::BIGINT";

        string OneOf(string[] values) => $"['{string.Join("', '", values)}'][1 + {Any(values.Length)}]";

        string Maybe(int oneIn, string value) => $"CASE WHEN {Any(oneIn)} > 0 THEN {value} END";
    }

    private static Scope AnyScope(Random random)
    {
        var items = s_shape.DataSet.Items.ToDictionary(i => i.Name, _ => random.Next(3) > 0 ? ItemAction.Clear : (ItemAction)random.Next(6));
        var coarser = new Dictionary<string, Generalisation>
        {
            ["value"] = new Generalisation.Band(1 + random.Next(4), random.Next(2) == 0 ? null : random.Next(3)),
            ["amount"] = new Generalisation.Band(1 + random.Next(20), random.Next(2) == 0 ? null : random.Next(10)),
            ["code"] = random.Next(2) == 0 ? new Generalisation.Prefix(random.Next(4)) : new Generalisation.Ranges([new CodeRange("C1", "C1", "one", new("one", "one")), new CodeRange("J1", "J2", "two", new("two", "two")), new CodeRange("é", "中", "three", new("three", "three"))]),
        };
        var keys = (ItemAction[])[ItemAction.Clear, ItemAction.Clear, ItemAction.Pseudonym, ItemAction.Nothing];
        var rows = new RowFilter(
            random.Next(2) == 0 ? null : [.. s_organisations.Where(_ => random.Next(3) > 0)],
            random.Next(3) switch { 0 => null, 1 => [AnySubject(random)], _ => [.. Enumerable.Range(0, random.Next(4)).Select(_ => AnySubject(random))] },
            random.Next(2) == 0 ? null : new(s_purposes[random.Next(2)], s_recipients[random.Next(3)], random.Next(2) == 0, s_decided.AddDays(random.Next(4))));
        return new("test", "test", new Dictionary<string, DataSetScope> { ["lab.result"] = new(rows, keys[random.Next(4)], items) { Generalisations = coarser } }, random.Next(3) == 0, new byte[32]);
    }

    /// <summary>What some persons decided, each purpose and recipient once.</summary>
    private static List<ConsentState> Decisions(Random random) =>
    [
        .. from subject in Enumerable.Range(0, 40).Select(i => i == 39 ? ulong.MaxValue : (ulong)i)
           from purpose in s_purposes
           from recipient in s_recipients
           where random.Next(4) == 0
           select new ConsentState(subject, purpose, recipient, random.Next(5) switch { 0 => null, 1 or 2 => true, _ => false }, s_decided.AddDays(random.Next(4)), random.Next(2) == 0 ? null : s_decided.AddDays(random.Next(5))),
    ];

    private static ulong AnySubject(Random random) => random.Next(20) switch { 0 => ulong.MaxValue, 1 => 1_000_000, _ => (ulong)random.Next(40) };

    private static Query AnyQuery(Random random, ScopedTable table, List<UInt128> records)
    {
        var columns = table.Columns;
        var parts = new List<Filter>();
        if (table.Find("_record") is { Action: ItemAction.Clear } && random.Next(4) == 0) parts.Add(new Filter.Compare("_record", Comparison.Equal, Value.Record(records[random.Next(records.Count)])));
        else if (table.Find("_subject") is { Action: ItemAction.Clear } && random.Next(3) == 0) parts.Add(new Filter.In("_subject", [.. Enumerable.Range(0, random.Next(50)).Select(_ => Value.Subject(AnySubject(random)))]));
        else if (table.Find("_subject") is { Action: ItemAction.Clear } && random.Next(4) > 0) parts.Add(new Filter.Compare("_subject", Comparison.Equal, Value.Subject(AnySubject(random))));
        for (var i = random.Next(3); i > 0; i--) parts.Add(AnyFilter(random, columns, 0));
        var order = Enumerable.Range(0, random.Next(4)).Select(_ => new Ordering(columns[random.Next(columns.Count)].Name, random.Next(2) == 0)).ToList();
        if (table.Find("_subject") is { Action: ItemAction.Clear } && random.Next(4) == 0) order.Insert(0, new("_subject"));
        var keyed = table.Find("_record") is not { Action: ItemAction.Clear } || random.Next(2) == 0;
        if (!keyed) order.Add(new("_record", random.Next(2) == 0));
        IReadOnlyList<Value?> after = [.. order.Select(o => random.Next(4) == 0 ? (Value?)null : AnyValue(random, table.Find(o.Name)!.Kind)), .. keyed ? [Value.Record((UInt128)random.NextInt64() << 64)] : (Value?[])[]];
        return new Query("lab.result")
        {
            Outputs = random.Next(2) == 0 ? [] : [.. columns.Where(_ => random.Next(2) == 0).Select(c => new Output(c.Name, As: random.Next(9) == 0 ? $"as_{c.Name}" : null))],
            Where = parts.Count switch { 0 => null, 1 => parts[0], _ => new Filter.And(parts) },
            Order = order, Keyed = keyed, Limit = random.Next(4) == 0 ? null : random.Next(30), Offset = random.Next(3) == 0 ? random.Next(20) : 0, After = random.Next(4) == 0 ? after : null,
        };
    }

    private static Filter AnyFilter(Random random, IReadOnlyList<ScopedColumn> columns, int depth)
    {
        var column = columns[random.Next(columns.Count)];
        var comparisons = column.Kind == ValueKind.Boolean ? 2 : 6;
        return random.Next(depth > 2 ? 5 : 9) switch
        {
            0 or 1 => new Filter.Compare(column.Name, (Comparison)random.Next(comparisons), AnyValue(random, column.Kind)),
            2 => new Filter.In(column.Name, [.. Enumerable.Range(0, random.Next(4)).Select(_ => AnyValue(random, column.Kind))]),
            3 => new Filter.Between(column.Name, AnyValue(random, column.Kind), AnyValue(random, column.Kind)),
            4 => random.Next(6) == 0 && column.Kind == ValueKind.Text ? new Filter.StartsWith(column.Name, "C") : new Filter.IsNull(column.Name),
            5 => new Filter.Not(AnyFilter(random, columns, depth + 1)),
            6 => new Filter.And(Some()),
            _ => new Filter.Or(Some()),
        };

        List<Filter> Some() => [.. Enumerable.Range(0, random.Next(4)).Select(_ => AnyFilter(random, columns, depth + 1))];
    }

    private static Value AnyValue(Random random, ValueKind kind) => kind switch
    {
        ValueKind.Text => Value.Of(random.Next(6) switch { 0 => "**", 1 => "A**", 2 => s_organisations[random.Next(4)], _ => s_texts[random.Next(s_texts.Length)] }),
        ValueKind.Number => random.Next(8) switch { 0 => Value.Of(random.Next(20) / 4m), 1 => Value.Of(random.Next(20) / 4.0), 2 => Value.Of(random.NextInt64()), 3 => Value.Of(0.0), _ => Value.Of((long)random.Next(-30, 30)) },
        ValueKind.Boolean => Value.Of(random.Next(2) == 0),
        ValueKind.Date => Value.Of(new DateOnly(1969, 11, 1).AddDays(random.Next(120))),
        ValueKind.Timestamp => Value.Of(new DateTime(1969, 12, 20, 13, 0, 0).AddDays(random.Next(40)).AddMicroseconds(500_000 + random.Next(3))),
        ValueKind.Time => Value.Of(new TimeOnly(10, 0).Add(TimeSpan.FromMicroseconds(random.Next(3)))),
        ValueKind.Subject => Value.Subject(AnySubject(random)),
        _ => Value.Record((UInt128)random.NextInt64() << 64),
    };
}
