namespace Yunnao.Lake.DuckDb.Text;

/// <summary>Rows of UTF-8 text, as a decoder hands them over.</summary>
public interface ITextRows
{
    int Rows { get; }

    /// <summary>False when the cell is null.</summary>
    bool TryGet(int column, int row, out ReadOnlySpan<byte> utf8);

    /// <summary>Record number in the source, from 1.</summary>
    long Record(int row);

    /// <summary>Byte offset of the record in the source, from 0.</summary>
    long Offset(int row);
}
