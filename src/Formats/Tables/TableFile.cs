using System.Globalization;
using System.Text;

namespace Yunnao.Formats.Tables;

/// <summary>A file that is one table of text cells once it is read: its columns are known from its head, its rows go to a sink.</summary>
public abstract class TableFile : IDisposable
{
    /// <summary>A table may not have more columns: what has is no table of records.</summary>
    public const int MaxColumns = 4096;

    /// <summary>Names of the columns, in order.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>Reads all rows as plan 0 with a cell for each column, and gives the number of records: rows and rejections.</summary>
    /// <exception cref="InvalidDataException">The file is damaged beyond its head; rows may have been handed over.</exception>
    public abstract long Decode(IRowSink sink, CancellationToken cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected abstract void Dispose(bool disposing);

    private protected RowWriter Writer(IRowSink sink) => new(sink, [new RowPlan("", [], null, null, [.. Columns.Select(c => new ColumnPlan(c, c))])]);

    private protected static void Set(TextBatch batch, int column, string text)
    {
        if (text.Length == 0) return;
        Span<byte> small = stackalloc byte[512];
        var utf8 = text.Length <= 170 ? small[..Encoding.UTF8.GetBytes(text, small)] : Encoding.UTF8.GetBytes(text);
        batch.Set(column, utf8);
    }

    private protected static string Time(DateTime time) =>
        time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
