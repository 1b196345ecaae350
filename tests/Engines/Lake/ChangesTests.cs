using CsCheck;
using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>Who follows a data set by its changes alone always has what the data set holds, as far as the own Scope reaches.</summary>
public sealed class ChangesTests
{
    private static readonly Output[] s_outputs = [new("_record"), new("_subject"), new("_version"), new("value")];

    private static readonly Gen<Row> s_row = Gen.Select(
        Gen.Int[1, 12], Gen.Int[0, 1000], Gen.Int[0, 9], Gen.Int[0, 2], Gen.ULong[1, 4],
        (key, value, refused, org, subject) => new Row(key, value, subject, refused == 0 ? "type value" : null, $"{(char)('A' + org)}"));

    private static readonly Gen<Step> s_step = Gen.Select(
        Gen.Int[0, 9], s_row.Array[0, 15], Gen.Int[1, 12], Gen.ULong[1, 4], Gen.Bool,
        (kind, rows, batch, subject, follow) => kind switch
        {
            0 => new Step(null, null, null, follow),
            < 4 => new(null, batch, null, follow),
            < 6 => new(rows, null, subject, follow),
            _ => new(rows, null, null, follow),
        });

    /// <summary>A batch, which may join a person with person 1; the taking back of one; or the closing and opening of the lake. Then one may look, or not.</summary>
    private sealed record Step(Row[]? Rows, int? TakeBack, ulong? Joined, bool Follow);

    [Fact]
    public void A_follower_has_what_its_Scope_reaches_after_any_sequence_of_batches_takings_back_and_joined_persons() => s_step.Array[1, 14].Sample(
        steps =>
        {
            using var folder = new LakeFolder();
            var lake = folder.Open();
            try
            {
                Follower[] followers = [new(Answers.Administrator), new(Restricted())];
                foreach (var step in steps)
                {
                    if (step.Rows is { } rows) Load(lake, rows, step.Joined);
                    else if (step.TakeBack is { } batch) lake.TakeBack(batch);
                    else lake = Reopen(lake, folder);
                    foreach (var follower in step.Follow ? followers : []) follower.Look(lake);
                }

                foreach (var follower in followers) follower.Look(lake);
            }
            finally
            {
                lake.Dispose();
            }
        },
        iter: 15,
        threads: 2);

    /// <summary>The engine knows of an empty table that it has no rows, and a plan that was made then must not be run later.</summary>
    [Fact]
    public async Task What_was_asked_of_an_empty_table_is_answered_when_rows_have_come()
    {
        using var folder = new LakeFolder();
        using (var lake = folder.Open())
        {
            Load(lake, [new(1, 1, Org: "A"), new(2, 2, 1, "type value", "A")], null);
            Assert.True(lake.TakeBack(1).Ok);
        }

        using var opened = folder.Open();
        var query = new Query("lab.result") { Outputs = s_outputs };
        string[] questions = ["SELECT _record FROM lab.result", "SELECT count(*) FROM lab.result", "SELECT _record FROM lab.result WHERE value >= 0"];
        for (var round = 0; round < 2; round++)
        {
            foreach (var scope in (Scope[])[Answers.Administrator, Restricted()])
            {
                Assert.Equal(round, (await opened.Ask(query, scope)).Value.Count);
                Assert.Equal(round, (await opened.Ask(query with { Changes = new(LakeMark.Start, new(2, 9)) }, scope)).Value.Count);
                var told = new List<string>();
                foreach (var question in questions) told.Add((await opened.Sql(question, scope)).Value is [var only] ? only : "none");
                Assert.Equal(round == 0 ? ["none", "0", "none"] : [told[0], "1", told[0]], told);
            }

            Load(opened, [new(3, 3, Org: "A")], null);
        }
    }

    [Fact]
    public async Task Nobody_is_told_of_the_end_of_a_record_that_was_out_of_reach()
    {
        using var folder = new LakeFolder();
        using var lake = folder.Open();
        Load(lake, [new(1, 1, Org: "A"), new(2, 2, Org: "B")], null);
        var before = await lake.MarkAsync(default);
        Assert.True(lake.TakeBack(1).Ok);
        var query = new Query("lab.result") { Outputs = s_outputs, Changes = new(before, await lake.MarkAsync(default)) };
        Assert.Equal(2, (await lake.Ask(query)).Value.Count);
        var told = Assert.Single((await lake.Ask(query, Restricted())).Value);
        Assert.EndsWith("|1|-|-|True", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_are_no_groups_and_do_not_run_backwards()
    {
        using var folder = new LakeFolder();
        using var lake = folder.Open();
        var query = new Query("lab.result") { Changes = new(LakeMark.Start, new(1, 0)) };
        Assert.Equal("query.page", (await lake.Ask(query with { Outputs = [new(null, Aggregate.Count)] })).Problem?.Code);
        Assert.Equal("query.page", (await lake.Ask(query with { Changes = new(new(2, 0), new(1, 0)) })).Problem?.Code);
        Assert.Empty((await lake.Ask(query)).Value);
    }

    private static Scope Restricted() => new(
        "follower", "test",
        new Dictionary<string, DataSetScope> { ["lab.result"] = new(new RowFilter(["A"], [1, 2]), ItemAction.Clear, new Dictionary<string, ItemAction> { ["value"] = ItemAction.Clear }) },
        operations: false);

    private static DuckDbLake Reopen(DuckDbLake lake, LakeFolder folder)
    {
        lake.Dispose();
        return folder.Open();
    }

    private static void Load(DuckDbLake lake, Row[] rows, ulong? joined)
    {
        using var batch = lake.Begin(LakeFolder.Header(objectId: null)).Value;
        if (rows.Length > 0) batch.AppendLab(rows);
        batch.Settle(TestShapes.Lab);
        if (joined is { } subject)
        {
            batch.Connection.Execute($"CREATE TEMP TABLE joined AS SELECT NULL::VARCHAR AS org, {subject}::UBIGINT AS old, 1::UBIGINT AS new");
            batch.RepointSubjects("joined");
            batch.Connection.Execute("DROP TABLE temp.joined");
        }

        batch.Commit();
    }

    /// <summary>Keeps the records that it was told of.</summary>
    private sealed class Follower(Scope scope)
    {
        private readonly Dictionary<string, string> _records = [];
        private LakeMark _mark = LakeMark.Start;

        public void Look(DuckDbLake lake)
        {
            var upTo = lake.MarkAsync(default).GetAwaiter().GetResult();
            var seen = new HashSet<string>();
            foreach (var line in Lines(lake, new ChangeRange(_mark, upTo)))
            {
                var (record, bar) = (line[..line.IndexOf('|', StringComparison.Ordinal)], line.LastIndexOf('|'));
                Assert.True(seen.Add(record), "A record is told of once.");
                if (line.EndsWith("|True", StringComparison.Ordinal)) _records.Remove(record);
                else _records[record] = line[..bar];
            }

            _mark = upTo;
            Assert.Equal(Lines(lake, null).Order(StringComparer.Ordinal), _records.Values.Order(StringComparer.Ordinal));
        }

        private List<string> Lines(DuckDbLake lake, ChangeRange? changes) =>
            lake.Ask(new Query("lab.result") { Outputs = s_outputs, Changes = changes }, scope).GetAwaiter().GetResult().Value;
    }
}
