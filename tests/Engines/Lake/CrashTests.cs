using System.Diagnostics;
using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Objects;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>
/// A process that loads batch after batch is killed in the middle. The process is this test program itself, started again for
/// the one test <see cref="Load_until_killed"/> with the folder in its environment.
/// </summary>
public sealed class CrashTests
{
    private const string FolderVariable = "YUNNAO_TEST_CRASH_FOLDER";
    private const string Acknowledgements = "acknowledged";
    private const int Kills = 6;

    [Fact]
    public async Task A_killed_process_leaves_whole_batches_only_and_all_that_it_acknowledged()
    {
        using var folder = new LakeFolder();
        var objects = FileObjectStore.Open(Path.Combine(folder.Path, "objects"));
        var random = new Random(7);
        for (var kill = 0; kill < Kills; kill++)
        {
            var acknowledged = await KillAfter(folder.Path, TimeSpan.FromMilliseconds(random.Next(200, 1500)));

            // A reader sees the same before anybody has tidied up.
            using (var reader = folder.OpenReadOnly()) Assert.Empty(await reader.VerifyAsync(objects, TestContext.Current.CancellationToken));
            using var lake = folder.Open();
            Assert.Empty(await lake.VerifyAsync(objects, TestContext.Current.CancellationToken));
            Assert.False(lake.Read(c => c.Scalar<long>("SELECT count(*) FROM ops.touch") > 0));
            foreach (var number in acknowledged) Assert.True(lake.Batch(number).Ok);
        }
    }

    [Fact]
    public async Task A_second_process_is_told_who_holds_the_lake()
    {
        using var folder = new LakeFolder();
        using var child = Start(folder.Path);
        while (Acknowledged(folder.Path).Count == 0) await Task.Delay(10, TestContext.Current.CancellationToken);
        var problem = DuckDbLake.Open(folder.Options(), [TestShapes.Lab]).Problem;
        child.Kill();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("lake.busy", problem?.Code);
        Assert.Contains($"process {child.Id}", problem!.Message.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Not a test of its own: the work of the child process.</summary>
    [Fact]
    public void Load_until_killed()
    {
        var path = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(path is null, "This is the work of a process that another test starts and kills.");
        using var lake = DuckDbLake.Open(new() { Folder = path!, MemoryLimitMb = 256, Threads = 2 }, [TestShapes.Lab, TestShapes.Drug]).Value;
        for (var round = 0; ; round++)
        {
            using var batch = lake.Begin(LakeFolder.Header(objectId: null)).Value;

            // Half of the keys come again, some twice in the batch, some are refused: every path of settling is on.
            var first = round * 100;
            batch.AppendLab(Enumerable.Range(first, 200).Select(i => new Row(i, round, (ulong)(i % 17), i % 23 == 0 ? "type value" : null)));
            batch.AppendLab(Enumerable.Range(first, 10).Select(i => new Row(i, round + 0.5, (ulong)(i % 17))));
            batch.Settle(TestShapes.Lab);
            File.AppendAllText(Path.Combine(path!, Acknowledgements), $"{batch.Commit().Number}\n");
        }
    }

    private static async Task<IReadOnlyList<int>> KillAfter(string folder, TimeSpan time)
    {
        var before = Acknowledged(folder).Count;
        using var child = Start(folder);

        // The clock starts with the first batch, so that the kill falls into the loading and not into the starting.
        while (!child.HasExited && Acknowledged(folder).Count == before) await Task.Delay(10);
        Assert.False(child.HasExited);
        await Task.Delay(time);
        child.Kill();
        await child.WaitForExitAsync();
        return Acknowledged(folder);
    }

    private static IReadOnlyList<int> Acknowledged(string folder)
    {
        var file = Path.Combine(folder, Acknowledgements);
        return File.Exists(file) ? [.. File.ReadAllText(file).Split('\n')[..^1].Select(int.Parse)] : [];
    }

    private static Process Start(string folder) => Start(typeof(CrashTests), nameof(Load_until_killed), FolderVariable, folder);

    /// <summary>This test program once more, for one test that does the work of a process which is killed.</summary>
    /// <param name="variable">Of its environment, which gets <paramref name="folder"/>.</param>
    internal static Process Start(Type tests, string work, string variable, string folder)
    {
        var program = Environment.ProcessPath!;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [tests.Assembly.Location] : [];
        var start = new ProcessStartInfo(program, [.. host, "-method", $"{tests.FullName}.{work}"])
        {
            RedirectStandardOutput = true,
            Environment = { [variable] = folder },
        };
        var child = Process.Start(start)!;
        child.BeginOutputReadLine();
        return child;
    }
}
