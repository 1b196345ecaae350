using Yunnao.Formats;
using Yunnao.Lake.DuckDb.Text;

namespace Yunnao.Services.Ingest;

/// <summary>A decoder's batch as the staging table takes it: its columns, then cells that are the same for every row.</summary>
internal readonly struct StagedBatch(TextBatch batch, byte[][] constants) : ITextRows
{
    public int Rows => batch.Rows;

    public bool TryGet(int column, int row, out ReadOnlySpan<byte> utf8)
    {
        if (column < batch.Columns) return batch.TryGet(column, row, out utf8);
        utf8 = constants[column - batch.Columns];
        return true;
    }

    public long Record(int row) => batch.Record(row);

    public long Offset(int row) => batch.Offset(row);
}
