using System.Globalization;

namespace Yunnao.Lake.Queries;

/// <summary>
/// Leaves about one row in <paramref name="OneIn"/> out of a result, chosen by a keyed hash of its record: which rows are missing then names whom
/// the result was made for. The keyed choice of rows is that of Agrawal and Kiernan (Watermarking relational databases, VLDB 2002); that rows are left
/// out, and no value is changed, that of Papadimitriou and Garcia-Molina (Data leakage detection, IEEE TKDE 23(1), 2011).
/// </summary>
/// <param name="Key">Of the recipient; secret.</param>
/// <param name="OneIn">2 or more.</param>
public sealed record RowMark(ReadOnlyMemory<byte> Key, int OneIn)
{
    /// <summary>Name of the column that <see cref="ShowRecords"/> adds.</summary>
    public const string Column = "_record_text";

    /// <summary>
    /// Leaves nothing out and adds a column with the text of each record's key, from which it follows for every recipient whether the row was left out;
    /// for whoever looks for the source of a leak, and never for a recipient.
    /// </summary>
    public static RowMark ShowRecords { get; } = new(ReadOnlyMemory<byte>.Empty, 2);

    /// <summary>True of <see cref="ShowRecords"/>.</summary>
    public bool Shown => Key.IsEmpty;

    /// <summary>The key as the SQL function <c>pseudonym</c> takes it.</summary>
    public string KeyText => Convert.ToHexStringLower(Key.Span);

    /// <summary>Rows are left out whose hash, 32 hex digits, is below these eight.</summary>
    public string Below => ((uint)((1L << 32) / OneIn)).ToString("x8", CultureInfo.InvariantCulture);
}
