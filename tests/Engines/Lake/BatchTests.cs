using Xunit;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

public sealed class BatchTests
{
    [Fact]
    public void Accepted_and_quarantined_rows_add_up_to_the_received_ones()
    {
        using var folder = new LakeFolder();
        using var lake = folder.Open();
        using var batch = lake.Begin(LakeFolder.Header()).Value;
        batch.AppendLab(new Row(1, 5), new Row(2, 6, Refused: "type value"), new Row(3, 7, Checks: 4));
        var count = batch.Settle(TestShapes.Lab);
        Assert.Equal(new BatchCount("lab.result", "1.0.0", 3, 2, 1, 0, 1), count);
        batch.Quarantine([new(null, 9, 900, 9, "csv.columns", null), new("lab.result", 10, 1000, 10, "csv.columns", "value")]);
        var entry = batch.Commit();
        Assert.Equal((5, 2, 3), (entry.Received, entry.Accepted, entry.Quarantined));
    }

    [Fact]
    public void A_batch_that_is_not_committed_leaves_nothing()
    {
        using var folder = new LakeFolder();
        using var lake = folder.Open();
        using (var batch = lake.Begin(LakeFolder.Header()).Value)
        {
            batch.AppendLab(new Row(1, 5));
            batch.Settle(TestShapes.Lab);
        }

        Assert.Null(lake.FindBatch("00", "test"));
        using var next = lake.Begin(LakeFolder.Header()).Value;
        Assert.Equal(1, next.Number);
    }

    [Fact]
    public void The_same_object_with_the_same_mapping_is_one_batch()
    {
        using var folder = new LakeFolder();
        using var lake = folder.Open();
        using (var batch = lake.Begin(LakeFolder.Header()).Value) batch.Commit();
        Assert.Equal(1, lake.FindBatch("00", "test"));
        Assert.Equal("batch.already-loaded", lake.Begin(LakeFolder.Header()).Problem?.Code);
        using var other = lake.Begin(LakeFolder.Header(source: "other")).Value;
        Assert.Equal(2, other.Number);
    }

    [Fact]
    public void Only_one_batch_is_open_at_a_time()
    {
        using var folder = new LakeFolder();
        using var lake = folder.Open();
        using var batch = lake.Begin(LakeFolder.Header()).Value;
        Assert.Equal(ProblemKind.Busy, lake.Begin(LakeFolder.Header("01")).Problem?.Kind);
    }
}
