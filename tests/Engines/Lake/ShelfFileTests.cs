using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>A file that is damaged, foreign, half written or gone makes no answer wrong; it is written again when the lake is optimized.</summary>
public sealed class ShelfFileTests : IDisposable
{
    private const string FolderVariable = "YUNNAO_TEST_SHELF_FOLDER";
    private const int Persons = 100, RowsOfOne = 20, SomeRecords = 50;

    private readonly LakeFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Shelves => Path.Combine(_folder.Path, "shelves");

    private string TheFile => Assert.Single(Directory.GetFiles(Shelves, "*.shelf"));

    private string TheRecords => Assert.Single(Directory.GetFiles(Shelves, "*.records"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Flipped_bytes_are_noticed_and_the_file_is_written_again()
    {
        using (var lake = await OptimizedAsync()) Assert.Equal(Persons, await AnsweredAsync(lake));
        var whole = await File.ReadAllBytesAsync(TheFile, Token);
        var random = new Random(1);
        for (var turn = 0; turn < 15; turn++)
        {
            var bytes = whole.ToArray();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(TheFile, bytes, Token);
            using var lake = _folder.Open();
            Assert.True(await AnsweredAsync(lake) < Persons);

            // What is damaged in the middle is taken away when it is met, so that it is missed.
            await lake.OptimizeAsync(Token);
            Assert.Equal(Persons, await AnsweredAsync(lake));
            whole = await File.ReadAllBytesAsync(TheFile, Token);
        }
    }

    [Fact]
    public async Task Flipped_bytes_in_the_persons_of_the_records_are_noticed_and_the_files_are_written_again()
    {
        using (var lake = await OptimizedAsync()) Assert.Equal(SomeRecords, await RecordsAnsweredAsync(lake));
        var random = new Random(2);
        for (var turn = 0; turn < 6; turn++)
        {
            var bytes = await File.ReadAllBytesAsync(TheRecords, Token);
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(TheRecords, bytes, Token);
            using var lake = _folder.Open();
            Assert.True(await RecordsAnsweredAsync(lake) < SomeRecords);
            await lake.OptimizeAsync(Token);
            Assert.Equal(SomeRecords, await RecordsAnsweredAsync(lake));
        }

        File.Delete(TheRecords);
        using (var lake = _folder.Open())
        {
            Assert.Equal((0, Persons), (await RecordsAnsweredAsync(lake), await AnsweredAsync(lake)));
            await lake.OptimizeAsync(Token);
            Assert.Equal(SomeRecords, await RecordsAnsweredAsync(lake));
        }
    }

    [Fact]
    public async Task A_file_that_is_cut_off_foreign_or_gone_is_ignored()
    {
        using (var lake = await OptimizedAsync()) Assert.Equal(Persons, await AnsweredAsync(lake));
        var (file, whole) = (TheFile, await File.ReadAllBytesAsync(TheFile, Token));
        foreach (var length in (int[])[0, 7, 100, whole.Length / 2, whole.Length - 1])
        {
            await File.WriteAllBytesAsync(file, whole[..length], Token);
            using var lake = _folder.Open();
            Assert.Equal(0, await AnsweredAsync(lake));
        }

        // The shelf of another lake under the name of this one's.
        using (var other = new LakeFolder())
        {
            using (var lake = other.Open())
            {
                Fill(lake, 100);
                await lake.OptimizeAsync(Token);
            }

            File.Copy(Assert.Single(Directory.GetFiles(Path.Combine(other.Path, "shelves"), "*.shelf")), file, overwrite: true);
        }

        using (var lake = _folder.Open()) Assert.Equal(0, await AnsweredAsync(lake));
        File.Delete(file);
        using (var lake = _folder.Open())
        {
            Assert.Equal(0, await AnsweredAsync(lake));
            Assert.True(Assert.Single((await lake.OptimizeAsync(Token)).Value).Rows > 0);
            Assert.Equal(Persons, await AnsweredAsync(lake));
            Assert.Empty((await lake.OptimizeAsync(Token)).Value);
        }
    }

    [Fact]
    public async Task A_lake_of_before_does_not_take_the_shelf_of_after()
    {
        using (var lake = await OptimizedAsync()) Assert.Equal(Persons, await AnsweredAsync(lake));
        var file = Path.Combine(_folder.Path, "lake.duckdb");
        File.Copy(file, file + ".before");
        using (var lake = _folder.Open())
        {
            Fill(lake, 1);
            await lake.OptimizeAsync(Token);
        }

        File.Move(file + ".before", file, overwrite: true);
        using (var lake = _folder.Open())
        {
            // As many batches as the other one had, with other rows.
            Fill(lake, 2);
            Assert.Equal(0, await AnsweredAsync(lake));
            await lake.OptimizeAsync(Token);
            Assert.Equal(Persons, await AnsweredAsync(lake));
        }

        Assert.NotNull(TheFile);
    }

    [Fact]
    public async Task A_person_of_many_blocks_and_the_first_and_the_last_have_all_their_rows()
    {
        using var lake = _folder.Open();
        using (var batch = lake.Begin(LakeFolder.Header()).Value)
        {
            batch.AppendLab(Enumerable.Range(0, 9000).Select(i => new Row(i, i, i < 3 ? 0 : i < 8000 ? 7 : (ulong)i)));
            batch.Settle(TestShapes.Lab, Token);
            batch.Commit();
        }

        await lake.OptimizeAsync(Token);
        foreach (var (person, rows) in ((ulong, int)[])[(0, 3), (7, 7997), (8000, 1), (8999, 1), (5, 0), (10_000, 0)])
        {
            Assert.True(await AnswersAsync(lake, person));
            Assert.Equal(rows, (await lake.Ask(Of(person))).Value.Count);
        }
    }

    [Fact]
    public async Task Who_reads_while_rows_are_loaded_and_optimized_sees_what_was_committed()
    {
        using var lake = await OptimizedAsync();
        var (stop, loaded, begun, answers) = (false, 0, 0, lake.Shelves.Answers);
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(async () =>
        {
            for (var i = reader; !Volatile.Read(ref stop); i++)
            {
                // Each batch brings every person one row more.
                var person = (ulong)(i % 10);
                var least = Volatile.Read(ref loaded);
                var count = (await lake.Ask(Of(person))).Value.Count - RowsOfOne;
                Assert.InRange(count, least, Volatile.Read(ref begun));
            }
        }, Token)).ToArray();
        for (var round = 1; round <= 12; round++)
        {
            Volatile.Write(ref begun, round);
            using (var batch = lake.Begin(LakeFolder.Header(objectId: null)).Value)
            {
                batch.AppendLab(Enumerable.Range(0, 10).Select(i => new Row(1_000_000 + (round * 10) + i, 1, (ulong)i)));
                batch.Settle(TestShapes.Lab, Token);
                batch.Commit();
            }

            Volatile.Write(ref loaded, round);
            if (round % 3 == 0) Assert.True((await lake.OptimizeAsync(Token)).Ok);
            lake.Shelves.Look(TestShapes.Lab);
            await Task.Delay(50, Token);
        }

        Volatile.Write(ref stop, true);
        await Task.WhenAll(readers);
        Assert.True(lake.Shelves.Answers > answers);
    }

    [Fact]
    public async Task A_process_that_is_killed_while_it_writes_leaves_the_old_shelf_or_none()
    {
        var random = new Random(3);
        for (var kill = 0; kill < 4; kill++)
        {
            using (var child = CrashTests.Start(typeof(ShelfFileTests), nameof(Optimize_until_killed), FolderVariable, _folder.Path))
            {
                while (!child.HasExited && (!Directory.Exists(Shelves) || Directory.GetFiles(Shelves).Length == 0)) await Task.Delay(10, Token);
                Assert.False(child.HasExited);
                await Task.Delay(random.Next(500, 1500), Token);
                child.Kill();
                await child.WaitForExitAsync(Token);
            }

            using var lake = _folder.Open();
            await AnsweredAsync(lake);
            await lake.OptimizeAsync(Token);
            Assert.Equal(Persons, await AnsweredAsync(lake));
            Assert.NotNull(TheFile);
        }
    }

    /// <summary>Not a test of its own: the work of the child process.</summary>
    [Fact]
    public async Task Optimize_until_killed()
    {
        var path = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(path is null, "This is the work of a process that another test starts and kills.");
        using var lake = DuckDbLake.Open(new() { Folder = path!, MemoryLimitMb = 256, Threads = 2 }, [TestShapes.Lab, TestShapes.Drug]).Value;
        for (var round = 0; ; round++)
        {
            Fill(lake, round);
            await lake.OptimizeAsync(Token);
        }
    }

    private async Task<DuckDbLake> OptimizedAsync()
    {
        var lake = _folder.Open();
        Fill(lake, 0);
        await lake.OptimizeAsync(Token);
        return lake;
    }

    /// <summary>All records of all persons, once more, with other values.</summary>
    private static void Fill(DuckDbLake lake, int value)
    {
        using var batch = lake.Begin(LakeFolder.Header(objectId: null)).Value;
        batch.AppendLab(Enumerable.Range(0, Persons * RowsOfOne).Select(i => new Row(i, value + i, (ulong)(i / RowsOfOne))));
        batch.Settle(TestShapes.Lab, Token);
        batch.Commit();
    }

    /// <summary>How many persons are answered from the shelf; all answers are those of the engine.</summary>
    private static async Task<int> AnsweredAsync(DuckDbLake lake)
    {
        var answered = 0;
        for (var person = 0; person < Persons; person++) answered += await AnswersAsync(lake, (ulong)person) ? 1 : 0;
        return answered;
    }

    /// <summary>How many of some records, anywhere in the file, are answered by their keys; all answers are those of the engine.</summary>
    private static async Task<int> RecordsAnsweredAsync(DuckDbLake lake)
    {
        var answered = 0;
        foreach (var record in lake.Keys($"SELECT _record FROM lab.result ORDER BY hash(_record) LIMIT {SomeRecords}")) answered += await AnswersAsync(lake, Of(SystemColumns.Record, Value.Record(record))) ? 1 : 0;
        return answered;
    }

    private static Task<bool> AnswersAsync(DuckDbLake lake, ulong person) => AnswersAsync(lake, Of(person));

    private static async Task<bool> AnswersAsync(DuckDbLake lake, Query query)
    {
        lake.Shelves.Look(TestShapes.Lab);
        var before = lake.Shelves.Answers;
        var ours = (await lake.Ask(query)).Value;
        var answered = lake.Shelves.Answers > before;
        if (!answered) return false;
        lake.Shelves.AreOff = true;
        Assert.Equal((await lake.Ask(query)).Value, ours);
        lake.Shelves.AreOff = false;
        return true;
    }

    private static Query Of(ulong person) => Of(SystemColumns.Subject, Value.Subject(person));

    private static Query Of(string column, Value value) => new("lab.result") { Where = new Filter.Compare(column, Comparison.Equal, value), Order = [new(SystemColumns.Time)], Keyed = true };
}
