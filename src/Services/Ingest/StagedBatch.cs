using Yunnao.Formats;
using Yunnao.Lake.DuckDb.Text;

namespace Yunnao.Services.Ingest;

/// <summary>A decoder's batch as the staging table takes it.</summary>
internal readonly struct StagedBatch(TextBatch batch) : ITextRows
{
    public int Rows => batch.Rows;

    public bool TryGet(int column, int row, out ReadOnlySpan<byte> utf8) => batch.TryGet(column, row, out utf8);

    public long Record(int row) => batch.Record(row);

    public long Offset(int row) => batch.Offset(row);
}
