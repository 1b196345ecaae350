using Apache.Arrow;

namespace Yunnao.Services.Exports.Targets;

/// <summary>Encodes rows in the form in which a database loads them: how a column is written is decided once a batch, not once a value.</summary>
internal abstract class RowEncoder
{
    /// <summary>Writes the value of a row of a column.</summary>
    protected delegate void Cell(ByteBlock block, int row);

    /// <summary>What comes before the rows.</summary>
    public virtual void Begin(ByteBlock block)
    {
    }

    /// <summary>What comes after the rows.</summary>
    public virtual void End(ByteBlock block)
    {
    }

    /// <summary>Encodes all rows of a batch.</summary>
    public void Encode(RecordBatch batch, ByteBlock block)
    {
        var cells = new Cell[batch.ColumnCount];
        for (var i = 0; i < cells.Length; i++) cells[i] = CellOf(batch.Column(i));
        for (var row = 0; row < batch.Length; row++) EncodeRow(cells, row, block);
    }

    protected abstract void EncodeRow(Cell[] cells, int row, ByteBlock block);

    /// <summary>How a column is written.</summary>
    protected abstract Cell CellOf(IArrowArray column);
}
