using System.Buffers;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// Rows as lines of cells parted by tabs, escaped by backslashes, <c>\N</c> for a missing value: what <c>LOAD DATA</c> of MySQL and
/// <c>TabSeparated</c> of ClickHouse both read.
/// </summary>
/// <param name="more">Cells to put at the end of each line, with the tab before them.</param>
internal sealed class TabRows(string more = "") : LineRows((byte)'\t', more)
{
    private static readonly SearchValues<byte> s_special = SearchValues.Create("\\\t\n\r\0"u8);

    /// <inheritdoc/>
    protected override void Missing(ByteBlock block) => block.Write("\\N"u8);

    /// <inheritdoc/>
    protected override void Text(ReadOnlySpan<byte> text, ByteBlock block)
    {
        while (text.IndexOfAny(s_special) is >= 0 and var at)
        {
            block.Write(text[..at]);
            block.Write((byte)'\\');
            block.Write(text[at] switch { (byte)'\t' => (byte)'t', (byte)'\n' => (byte)'n', (byte)'\r' => (byte)'r', 0 => (byte)'0', _ => (byte)'\\' });
            text = text[(at + 1)..];
        }

        block.Write(text);
    }
}
