using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Scopes;
using Yunnao.Trust.Rights;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>On how many threads the engine computes.</summary>
public sealed class WorkersTests : IDisposable
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(1100);

    private readonly LakeFolder _folder = new();
    private readonly DuckDbLake _lake;

    public WorkersTests()
    {
        _lake = _folder.Open();
        using var batch = _lake.Begin(LakeFolder.Header()).Value;
        batch.AppendLab([.. Enumerable.Range(1, 40).Select(i => new Row(i, i % 7, (ulong)(i % 5)))]);
        batch.Settle(TestShapes.Lab);
        batch.Commit();
    }

    private long Threads => _lake.Read(c => c.Scalar<long>("SELECT current_setting('threads')"));

    public void Dispose()
    {
        _lake.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_page_of_one_person_is_computed_by_who_asks_and_wide_work_has_all_threads()
    {
        Assert.Equal(2, Threads);
        Assert.Equal(8, await RowsAsync(OneScope(2)));

        await Task.Delay(s_quiet, TestContext.Current.CancellationToken);
        Assert.Equal(8, await RowsAsync(OneScope(3)));
        Assert.Equal(1, Threads);

        // Of few rows one thread has looked at all of them before others have begun.
        (await _lake.RunAsync(Everything(), new("lab.result"), default)).Value.Dispose();
        Assert.Equal(1, Threads);

        using (var all = (await _lake.RunSqlAsync(Everything(), "SELECT * FROM lab.result", default)).Value)
        {
            // As long as a wide answer is not given to its end, pages take nothing from it.
            Assert.Equal(2, Threads);
            await Task.Delay(s_quiet, TestContext.Current.CancellationToken);
            Assert.Equal(8, await RowsAsync(OneScope(4)));
            Assert.Equal(2, Threads);
        }

        await Task.Delay(s_quiet, TestContext.Current.CancellationToken);
        Assert.Equal(8, await RowsAsync(OneScope(1)));
        Assert.Equal(1, Threads);
        using var batch = _lake.Begin(LakeFolder.Header("01")).Value;
        Assert.Equal(2, Threads);
    }

    private static Scope Everything() => LocalAdministrator.ScopeOver([TestShapes.Lab.DataSet], "test");

    private static Scope OneScope(ulong subject) => new(
        "doctor", "care", new Dictionary<string, DataSetScope>
        {
            ["lab.result"] = new(new RowFilter(null, [subject]), ItemAction.Clear, new Dictionary<string, ItemAction> { ["value"] = ItemAction.Clear }),
        },
        operations: false);

    private async Task<int> RowsAsync(Scope scope)
    {
        await using var rows = (await _lake.RunAsync(scope, new("lab.result"), default)).Value;
        var count = 0;
        await foreach (var batch in rows.Batches)
        {
            count += batch.Length;
            batch.Dispose();
        }

        return count;
    }
}
