using System.Text;
using CsCheck;
using Xunit;
using Yunnao.Formats;

namespace Yunnao.Tests.Formats;

public sealed class TextBatchTests
{
    [Fact]
    public void Cells_come_back_as_they_were_set_whatever_was_abandoned_or_cleared_between()
    {
        var cell = Gen.OneOf(Gen.Const((string?)null), Gen.String[0, 30].Select(s => (string?)s), Gen.Char['a', 'z'].Select(c => (string?)new string(c, 5000)));
        Gen.Select(cell.Array[3, 3].Array[0, 600], Gen.Int[1, 7]).Sample((rows, every) =>
        {
            var batch = new TextBatch(3);
            for (var pass = 0; pass < 2; pass++)
            {
                batch.Clear();
                for (var row = 0; row < rows.Length; row++)
                {
                    if (row % every == 0)
                    {
                        Set(batch, ["dropped", null, "dropped too"]);
                        batch.AbandonRow();
                    }

                    if (rows[row][0] is not null) batch.Set(0, "overwritten"u8);
                    Set(batch, rows[row]);
                    batch.EndRow(row + 1, row * 10L);
                }
            }

            Assert.Equal(rows.Length, batch.Rows);
            Assert.Equal(rows.Sum(r => r.Sum(c => (long)Encoding.UTF8.GetByteCount(c ?? ""))), batch.Bytes);
            for (var row = 0; row < rows.Length; row++)
            {
                Assert.Equal((row + 1, row * 10L), (batch.Record(row), batch.Offset(row)));
                for (var column = 0; column < 3; column++)
                {
                    var isValue = batch.TryGet(column, row, out var text);
                    Assert.Equal(rows[row][column] is null ? null : Encoding.UTF8.GetBytes(rows[row][column]!), isValue ? text.ToArray() : null);
                }
            }
        }, iter: 60);
    }

    [Fact]
    public void A_cell_repeats_that_of_the_row_before_in_the_same_batch()
    {
        var batch = new TextBatch(2);
        Assert.False(batch.TryRepeat(0));
        batch.Set(0, Encoding.UTF8.GetBytes(new string('x', 1000)));
        batch.EndRow(1, 0);
        for (var row = 1; row < 300; row++)
        {
            Assert.True(batch.TryRepeat(0));
            Assert.True(batch.TryRepeat(1));
            batch.EndRow(row + 1, 0);
        }

        Assert.True(batch.TryGet(0, 299, out var text));
        Assert.Equal(1000, text.Length);
        Assert.False(batch.TryGet(1, 299, out _));
    }

    private static void Set(TextBatch batch, string?[] cells)
    {
        for (var column = 0; column < cells.Length; column++)
            if (cells[column] is { } text) batch.Set(column, Encoding.UTF8.GetBytes(text));
    }
}
