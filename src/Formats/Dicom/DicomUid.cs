namespace Yunnao.Formats.Dicom;

/// <summary>A registered unique identifier (PS3.6 A): a SOP class, a transfer syntax, a well-known instance …</summary>
/// <param name="Uid">The identifier.</param>
/// <param name="Type">As in the standard: <c>SOP Class</c>, <c>Transfer Syntax</c> …</param>
/// <param name="Keyword">For example <c>CTImageStorage</c>.</param>
/// <param name="Name">The name in English.</param>
/// <param name="Retired">True when the standard no longer defines it.</param>
public sealed record DicomUid(string Uid, string Type, string Keyword, string Name, bool Retired)
{
    private static readonly Lazy<Dictionary<string, DicomUid>> All = new(Load);

    /// <summary>True for the SOP class of objects that are stored (PS3.4 B.5).</summary>
    public bool IsStorageClass => Type == "SOP Class" && Keyword.Contains("Storage", StringComparison.Ordinal)
        && !Keyword.Contains("StorageCommitment", StringComparison.Ordinal) && Keyword != "MediaStorageDirectoryStorage";

    /// <summary>The registered identifier, or null.</summary>
    public static DicomUid? Find(string uid) => All.Value.GetValueOrDefault(uid);

    /// <summary>All registered identifiers, in the order of the standard.</summary>
    public static IReadOnlyCollection<DicomUid> Registered => All.Value.Values;

    /// <summary>True for a valid identifier (PS3.5 9.1): up to 64 characters, components of digits without leading zeros.</summary>
    public static bool IsValid(ReadOnlySpan<char> uid)
    {
        if (uid.Length is 0 or > 64) return false;
        var start = 0;
        for (var i = 0; i <= uid.Length; i++)
        {
            if (i < uid.Length && char.IsAsciiDigit(uid[i])) continue;
            if (i < uid.Length && uid[i] != '.') return false;
            if (i == start || (uid[start] == '0' && i - start > 1)) return false;
            start = i + 1;
        }

        return true;
    }

    private static Dictionary<string, DicomUid> Load()
    {
        var text = FactsFile.Read("uids.csv");
        var all = new Dictionary<string, DicomUid>(StringComparer.Ordinal);
        for (var line = FactsFile.NextLine(text, 0); line < text.Length; line = FactsFile.NextLine(text, line))
        {
            var uid = new DicomUid(Cell(line, 0), Cell(line, 1), Cell(line, 2), Cell(line, 4), Cell(line, 3).Length > 0);
            all.TryAdd(uid.Uid, uid);
        }

        return all;

        string Cell(int line, int index) => FactsFile.String(FactsFile.Field(text, line, index));
    }
}
