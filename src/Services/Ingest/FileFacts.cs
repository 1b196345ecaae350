using System.Globalization;
using System.Text;
using Yunnao.Lake.Objects;

namespace Yunnao.Services.Ingest;

/// <summary>
/// What is known of a file itself: its address in the object store and its length, which items may be mapped from, and the number of its
/// batch. Of one file these are constants; where several files are staged together they are columns beside the decoded ones.
/// </summary>
internal static class FileFacts
{
    /// <summary>Column of the batch number.</summary>
    public const string Batch = "file:batch";

    private const string Sha256 = "file:sha256";
    private const string Size = "file:size";

    /// <summary>The columns, in order.</summary>
    public static readonly string[] Columns = [Sha256, Size, Batch];

    /// <summary>True when an item is mapped from a fact and not from the content.</summary>
    public static bool IsFact(string from) => from is Sha256 or Size;

    /// <summary>The text of a fact.</summary>
    public static string Of(string fact, StoredObject landed) => fact == Sha256 ? landed.Id : landed.Length.ToString(CultureInfo.InvariantCulture);

    /// <summary>The cells of <see cref="Columns"/> for the rows of one file.</summary>
    public static byte[][] Cells(StoredObject landed, int batch) =>
        [Encoding.UTF8.GetBytes(Of(Sha256, landed)), Encoding.UTF8.GetBytes(Of(Size, landed)), Encoding.UTF8.GetBytes(batch.ToString(CultureInfo.InvariantCulture))];
}
