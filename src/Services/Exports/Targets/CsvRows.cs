using System.Buffers;
using Apache.Arrow;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Exports.Targets;

/// <summary>Rows as lines of CSV (RFC 4180, line feeds), of the columns that are wanted; records that are gone are counted and give no line.</summary>
/// <param name="columns">Places of the wanted columns.</param>
internal sealed class CsvRows(IReadOnlyList<int> columns) : LineRows((byte)',')
{
    private static readonly SearchValues<byte> s_special = SearchValues.Create(",\"\n\r"u8);

    /// <summary>Records that are gone, so far.</summary>
    public long Gone { get; private set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<int> ColumnsOf(RecordBatch batch) => columns;

    /// <inheritdoc/>
    protected override Func<int, bool>? RowsOf(RecordBatch batch)
    {
        if (batch.Schema.GetFieldIndex(ChangeRange.DeletedColumn) < 0) return null;
        var gone = (BooleanArray)batch.Column(ChangeRange.DeletedColumn);
        var before = Gone;
        for (var row = 0; row < batch.Length; row++) Gone += gone.GetValue(row) == true ? 1 : 0;
        return Gone == before ? null : row => gone.GetValue(row) != true;
    }

    /// <inheritdoc/>
    protected override void Missing(ByteBlock block)
    {
    }

    /// <inheritdoc/>
    protected override void Text(ReadOnlySpan<byte> text, ByteBlock block)
    {
        if (text.IndexOfAny(s_special) < 0)
        {
            block.Write(text);
            return;
        }

        block.Write((byte)'"');
        while (text.IndexOf((byte)'"') is >= 0 and var at)
        {
            block.Write(text[..(at + 1)]);
            block.Write((byte)'"');
            text = text[(at + 1)..];
        }

        block.Write(text);
        block.Write((byte)'"');
    }
}
