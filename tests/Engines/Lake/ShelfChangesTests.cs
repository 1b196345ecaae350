using System.Collections.Frozen;
using CsCheck;
using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>Whatever becomes of the rows after they were put on a shelf, what is answered is what the engine answers now.</summary>
public sealed class ShelfChangesTests : IDisposable
{
    private const int Persons = 6;

    private static readonly Gen<Row> s_row = Gen.Select(
        Gen.Int[1, 12], Gen.Int[0, 1000], Gen.Int[0, 9], Gen.Int[0, 2], Gen.ULong[1, Persons],
        (key, value, refused, org, subject) => new Row(key, value, subject, refused == 0 ? "type value" : null, $"{(char)('A' + org)}"));

    private static readonly Gen<Step> s_step = Gen.Select(
        Gen.Int[0, 11], s_row.Array[0, 8], Gen.Int[1, 10], Gen.ULong[1, Persons], Gen.ULong[1, Persons],
        (kind, rows, batch, one, other) => kind switch
        {
            0 => new Step { Reopens = true },
            1 or 2 or 3 => new() { Optimizes = true },
            4 or 5 => new() { TakesBack = batch },
            6 => new() { Merges = one == other ? [] : new() { [one] = other } },
            7 => new() { Rows = rows, Joins = one == other ? null : (one, other) },
            8 => new() { Releases = batch, To = one },
            _ => new() { Rows = rows },
        });

    private readonly LakeFolder _folder = new();

    /// <summary>One of: a batch, which may join a person with another; the taking back of one; other merges; rows that leave the quarantine; optimising; closing and opening.</summary>
    private sealed record Step
    {
        public Row[]? Rows { get; init; }

        public (ulong Old, ulong New)? Joins { get; init; }

        public int? TakesBack { get; init; }

        public Dictionary<ulong, ulong>? Merges { get; init; }

        public int? Releases { get; init; }

        public ulong To { get; init; }

        public bool Optimizes { get; init; }

        public bool Reopens { get; init; }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_sequence_of_changes_leaves_the_answers_of_the_engine()
    {
        var answers = 0L;
        s_step.Array[3, 14].Sample(
            steps =>
            {
                using var folder = new LakeFolder();
                var lake = folder.Open();
                try
                {
                    foreach (var step in steps)
                    {
                        if (step.Reopens)
                        {
                            lake.Dispose();
                            lake = folder.Open();
                        }

                        Do(lake, step);
                        Interlocked.Add(ref answers, Compare(lake));
                    }
                }
                finally
                {
                    lake.Dispose();
                }
            },
            iter: 60,
            threads: 2);
        Assert.True(answers > 100, $"The shelf answered {answers}.");
    }

    [Fact]
    public void Persons_of_whom_nothing_changed_are_answered_and_others_are_not()
    {
        using var lake = Optimized();
        Assert.Equal([1, 2, 3, 4], Answered(lake));
        Load(lake, new Row(5, 5, 2));
        Assert.Equal([1, 3, 4], Answered(lake));

        // A new version of another person.
        Load(lake, new Row(3, 33, 4));
        Assert.Equal([1], Answered(lake));
        Optimize(lake);
        Assert.Equal([1, 2, 3, 4], Answered(lake));
        Assert.True(lake.TakeBack(3, Token).Ok);
        Assert.Equal([1, 2], Answered(lake));
    }

    [Fact]
    public void Rows_that_follow_a_merged_person_are_those_of_neither_shelf()
    {
        using var lake = Optimized();
        Assert.Equal(1, lake.FollowMerges(() => new Dictionary<ulong, ulong> { [3] = 4 }.ToFrozenDictionary(), Token).Value);
        Assert.Equal([1, 2], Answered(lake));
        Optimize(lake);
        Assert.Equal([1, 2, 3, 4], Answered(lake));
        Assert.Equal(1, lake.FollowMerges(() => FrozenDictionary<ulong, ulong>.Empty, Token).Value);
        Assert.Equal([1, 2], Answered(lake));
    }

    [Fact]
    public async Task Who_was_merged_is_answered_by_the_decisions_of_all_its_subjects()
    {
        using var lake = Optimized();
        lake.FollowMerges(() => new Dictionary<ulong, ulong> { [3] = 4 }.ToFrozenDictionary(), Token);
        Optimize(lake);
        var scope = Only(4, new ConsentFilter("care", "r", OptIn: false, DateTime.UnixEpoch.AddDays(1)));

        // The first question has the decisions read; until then the engine answers.
        while (Compare(lake, TestShapes.Lab, 4, scope) == 0) await Task.Delay(10, Token);
        Assert.Equal(2, Rows(lake, scope));

        // What the other subject refused is refused at once, by the shelf as by the engine.
        Assert.Null(await lake.PutConsentsAsync([new(3, "care", "r", false, DateTime.UnixEpoch, null)], 1, Token));
        Assert.Equal(1, Compare(lake, TestShapes.Lab, 4, scope));
        Assert.Equal(0, Rows(lake, scope));
        Assert.Equal(1, await lake.ConsentSequenceAsync(Token));
        lake.FollowMerges(() => FrozenDictionary<ulong, ulong>.Empty, Token);
        Optimize(lake);
        Assert.Equal(1, Compare(lake, TestShapes.Lab, 4, scope));
        Assert.Equal(1, Rows(lake, scope));
    }

    [Fact]
    public void A_row_that_leaves_the_quarantine_touches_its_person_and_whose_version_it_supersedes()
    {
        using var lake = _folder.Open();
        Load(lake, new Row(1, 1, 1), new Row(2, 2, 2), new Row(3, 3, 3));
        Load(lake, new Row(2, 22, 3, "type value"));
        Optimize(lake);
        Assert.Equal([1, 2, 3, 4], Answered(lake));
        Release(lake, 2, 4);
        Assert.Equal([1, 3], Answered(lake));
    }

    [Fact]
    public void Some_persons_are_answered_together_when_none_of_them_has_changed_or_the_page_is_full_before_that_one()
    {
        using var lake = _folder.Open();
        Load(lake, [.. Enumerable.Range(1, 300).Select(i => new Row(i, i, (ulong)(i / 3)))]);
        Optimize(lake);
        Load(lake, new Row(301, 1, 77));
        Assert.Equal([1, 0, 1, 1, 0], (((int, int)[])[(1, 76), (1, 77), (78, 99), (90, 120), (70, 90)]).Select(p => Compare(lake, TestShapes.Lab, Between(p.Item1, p.Item2), Answers.Administrator)));
        var ordered = new Query("lab.result") { Where = Between(0, 99), Order = [new("_subject")], Keyed = true, Limit = 40 };
        Assert.Equal((1, 40), Ask(ordered));
        Assert.Equal((0, 40), Ask(ordered with { Order = [new("_time")] }));
        Assert.Equal((1, 40), Ask(ordered with { After = [Value.Subject(40), Value.Record(0)] }));
        Assert.Equal((0, 40), Ask(ordered with { After = [Value.Subject(70), Value.Record(0)] }));
        Assert.Equal((1, 20 * 3), Ask(ordered with { After = [Value.Subject(80), Value.Record(0)], Limit = 100 }));

        Filter.In Between(int first, int last) => new("_subject", [.. Enumerable.Range(first, last - first + 1).Reverse().Select(p => Value.Subject((ulong)p))]);

        (long, int) Ask(Query query)
        {
            lake.Shelves.Look(TestShapes.Lab);
            var before = lake.Shelves.Answers;
            var ours = lake.Ask(query).GetAwaiter().GetResult().Value;
            var answers = lake.Shelves.Answers - before;
            lake.Shelves.AreOff = true;
            Assert.Equal(lake.Ask(query).GetAwaiter().GetResult().Value, ours);
            lake.Shelves.AreOff = false;
            return (answers, ours.Count);
        }
    }

    [Fact]
    public void A_record_is_found_by_its_key_unless_its_person_has_changed_or_it_came_later()
    {
        using var lake = _folder.Open();
        Load(lake, new Row(1, 1, 1), new Row(2, 2, 2), new Row(3, 3, 2));
        Optimize(lake);
        Load(lake, new Row(4, 4, 1), new Row(5, 5, 9));
        Assert.Equal([0, 1, 1, 0, 0, 0], Enumerable.Range(1, 6).Select(Shelved));
        Assert.Equal([false, true, true, false, false, false], Enumerable.Range(1, 6).Select(key => lake.HasAtHand("lab.result", Key(key))));

        // One that has the same half of its key as another that is on the shelf.
        lake.Read(c => c.Execute($"UPDATE lab.result SET _record = {Key(2) ^ ((UInt128)1 << 100)}::UHUGEINT WHERE result_no = 'R5'"));
        Assert.Equal(0, Compare(lake, TestShapes.Lab, Record(Key(2) ^ ((UInt128)1 << 100)), Answers.Administrator));
        Assert.Equal(1, Compare(lake, TestShapes.Lab, Record(Key(2)), Answers.Administrator));

        UInt128 Key(int key) => Assert.Single(lake.Keys($"SELECT md5_number('A{key}')"));

        long Shelved(int key) => Compare(lake, TestShapes.Lab, Record(Key(key)), Answers.Administrator);
    }

    [Fact]
    public void Another_registry_puts_the_shelf_out_of_use_until_it_is_written_again()
    {
        var wider = new TableShape(TestShapes.LabSet("1.1.0", TestShapes.Plain("added", Standards.ElementType.N, 2, length: 5)));
        using (var lake = Optimized()) Assert.Equal([1, 2, 3, 4], Answered(lake));
        using (var lake = _folder.Open(wider, TestShapes.Drug))
        {
            // A column that no row has yet changes nothing.
            Assert.Equal([1, 2, 3, 4], Answered(lake, wider));
            using (var batch = lake.Begin(LakeFolder.Header(objectId: null)).Value)
            {
                batch.Append(wider, wider.Columns, LabRows.Select(batch.Number, new Row(9, 9, 9)).Replace("CASE WHEN refused", "7, CASE WHEN refused", StringComparison.Ordinal), Token);
                batch.Settle(wider, Token);
                batch.Commit();
            }

            Assert.Empty(Answered(lake, wider));
            Optimize(lake);
            Assert.Equal([1, 2, 3, 4], Answered(lake, wider));
            Assert.Null(lake.Migrate([wider, TestShapes.Drug], [], new("r2", () => [], null!)));
            Assert.Empty(Answered(lake, wider));
            Optimize(lake);
            Assert.Equal([1, 2, 3, 4], Answered(lake, wider));
        }
    }

    [Fact]
    public void Nothing_is_answered_while_a_commit_is_under_way_or_rows_are_still_to_be_changed()
    {
        using var lake = Optimized();
        Assert.Equal([1, 2, 3, 4], Answered(lake));
        lake.ExpectCommit(changes: false);
        Assert.Empty(Answered(lake));
        lake.StopWriting();
        Assert.Equal([1, 2, 3, 4], Answered(lake));
        lake.ExpectTouches();
        Assert.Empty(Answered(lake));
        lake.Read(c => { lake.ApplyTouches(c); return true; });
        Assert.Equal([1, 2, 3, 4], Answered(lake));
    }

    /// <summary>The subjects of 1 to 4 whose rows the shelf gives, all of which are compared with those of the engine.</summary>
    private static List<int> Answered(DuckDbLake lake, TableShape? shape = null) =>
        [.. Enumerable.Range(1, 4).Where(person => Compare(lake, shape ?? TestShapes.Lab, (ulong)person, Answers.Administrator) > 0)];

    private static long Compare(DuckDbLake lake) => Enumerable.Range(0, Persons + 1).Sum(person =>
        Compare(lake, TestShapes.Lab, (ulong)person, Answers.Administrator) + Compare(lake, TestShapes.Lab, (ulong)person, Only((ulong)person))) + CompareRecords(lake) + Compare(lake, TestShapes.Lab, AllPersons, Answers.Administrator);

    private static Filter.In AllPersons => new("_subject", [.. Enumerable.Range(0, Persons + 1).Select(p => Value.Subject((ulong)p))]);

    /// <returns>How many records of those that there may be the shelf gave.</returns>
    private static long CompareRecords(DuckDbLake lake)
    {
        var records = lake.Keys("SELECT md5_number(chr(65 + (hash(i) % 10)::INTEGER) || i) FROM range(1, 13) t(i)");
        return records.Sum(r => Compare(lake, TestShapes.Lab, Record(r), Answers.Administrator));
    }

    private static Filter.Compare Record(UInt128 record) => new("_record", Comparison.Equal, Value.Record(record));

    /// <returns>How many of the answers the shelf gave: 1 or none.</returns>
    private static long Compare(DuckDbLake lake, TableShape shape, ulong person, Scope scope) =>
        Compare(lake, shape, scope == Answers.Administrator ? new Filter.Compare("_subject", Comparison.Equal, Value.Subject(person)) : null, scope);

    private static long Compare(DuckDbLake lake, TableShape shape, Filter? where, Scope scope)
    {
        lake.Shelves.Look(shape);
        var query = new Query("lab.result") { Where = where, Order = [new("_time")], Keyed = true, Limit = 50 };
        var before = lake.Shelves.Answers;
        var ours = lake.Ask(query, scope).GetAwaiter().GetResult().Value;
        var answers = lake.Shelves.Answers - before;
        lake.Shelves.AreOff = true;
        var engine = lake.Ask(query, scope).GetAwaiter().GetResult().Value;
        lake.Shelves.AreOff = false;
        Assert.Equal(engine, ours);
        return answers;
    }

    private static int Rows(DuckDbLake lake, Scope scope) => lake.Ask(new Query("lab.result") { Order = [new("_time")], Keyed = true, Limit = 50 }, scope).GetAwaiter().GetResult().Value.Count;

    private static Scope Only(ulong person, ConsentFilter? consent = null) => new(
        "one", "test",
        new Dictionary<string, DataSetScope> { ["lab.result"] = new(new RowFilter(["A", "B"], [person], consent), ItemAction.Clear, new Dictionary<string, ItemAction> { ["value"] = ItemAction.Clear, ["reported"] = ItemAction.Clear }) },
        operations: false);

    /// <summary>Four persons, of whom each has a row.</summary>
    private DuckDbLake Optimized()
    {
        var lake = _folder.Open();
        Load(lake, new Row(1, 1, 1), new Row(2, 2, 2), new Row(3, 3, 3), new Row(4, 4, 4));
        Optimize(lake);
        return lake;
    }

    private static void Optimize(DuckDbLake lake) => Assert.True(lake.OptimizeAsync(Token).GetAwaiter().GetResult().Ok);

    private static void Do(DuckDbLake lake, Step step)
    {
        if (step.Rows is not null) Load(lake, step.Joins, step.Rows);
        if (step.TakesBack is { } batch) lake.TakeBack(batch, Token);
        if (step.Merges is { } merges) Assert.True(lake.FollowMerges(() => merges.ToFrozenDictionary(), Token).Ok);
        if (step.Releases is { } held) Release(lake, held, step.To);
        if (step.Optimizes) Optimize(lake);
    }

    private static void Load(DuckDbLake lake, params Row[] rows) => Load(lake, null, rows);

    private static void Load(DuckDbLake lake, (ulong Old, ulong New)? joins, Row[] rows)
    {
        using var batch = lake.Begin(LakeFolder.Header(objectId: null)).Value;
        if (rows.Length > 0) batch.AppendLab(rows);
        batch.Settle(TestShapes.Lab, Token);
        if (joins is var (old, to))
        {
            batch.Connection.Execute($"CREATE TEMP TABLE joined AS SELECT NULL::VARCHAR AS org, {old}::UBIGINT AS old, {to}::UBIGINT AS new");
            batch.RepointSubjects("joined", Token);
            batch.Connection.Execute("DROP TABLE temp.joined");
        }

        batch.Commit();
    }

    /// <summary>Lets all rows of a batch out of quarantine, as rows of this person.</summary>
    private static void Release(DuckDbLake lake, int number, ulong person)
    {
        if (!lake.BeginRelease(number, "registry-2", null).Try(out var release, out _)) return;
        using (release)
        {
            var columns = TestShapes.Lab.Columns;
            var connection = release.Connection;
            connection.Execute($"CREATE TEMP TABLE {DuckDbRelease.Pairs} AS SELECT ordinal, ordinal AS place FROM ops.quarantine WHERE batch = {number}");
            var values = columns.Select(c => c.Name switch
            {
                "_record" => "record", "_subject" => $"{person}::UBIGINT", "_org" => "org", "_time" => "TIMESTAMP '2024-05-05'", "_batch" => $"{number}", "_version" => "1", "_checks" => "0::UBIGINT",
                "value" => "0.5::DOUBLE", _ => $"NULL::{c.SqlType}",
            });
            connection.Execute($"CREATE TEMP TABLE {DuckDbRelease.Judged} AS SELECT {string.Join(", ", columns.Zip(values, (c, v) => $"{v} AS {SqlNames.Quote(c.Name)}"))}, ordinal AS {CheckingSql.RecordNumber} FROM ops.quarantine WHERE batch = {number}");
            connection.Execute("CREATE TEMP TABLE other_places (record UHUGEINT, place BIGINT)");
            release.Release(TestShapes.Lab, columns, "other_places", 0, Token);
            release.Commit();
        }
    }
}
