using System.Globalization;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Lake.Objects;

namespace Yunnao.Services.Ingest;

/// <summary>What an item may take from the file itself: <c>file:sha256</c>, its address in the object store, and <c>file:size</c>, its bytes; as SQL.</summary>
internal sealed class FileFacts
{
    private readonly Dictionary<string, string> _sql = new(StringComparer.Ordinal);

    /// <summary>The facts of one landed file: constants.</summary>
    public FileFacts(StoredObject landed)
        : this(Hash(landed), Size(landed))
    {
    }

    /// <summary>The facts of a group of files, whose rows carry the numbers of their batches, from <paramref name="first"/> on.</summary>
    public FileFacts(IReadOnlyList<StoredObject> landed, int first)
        : this(Chosen(landed.Select(Hash), first), Chosen(landed.Select(Size), first))
    {
    }

    private FileFacts(string hash, string size) => (_sql["file:sha256"], _sql["file:size"]) = (hash, size);

    public static bool IsFact(string from) => from is "file:sha256" or "file:size";

    public string Sql(string fact) => _sql[fact];

    private static string Hash(StoredObject landed) => Standards.Compile.Sql.Text(landed.Id);

    private static string Size(StoredObject landed) => Standards.Compile.Sql.Text(landed.Length.ToString(CultureInfo.InvariantCulture));

    private static string Chosen(IEnumerable<string> facts, int first) => $"([{string.Join(", ", facts)}])[{TextTable.BatchColumn} - {first - 1}]";
}
