namespace Yunnao.Synthetic;

/// <summary>What was made.</summary>
/// <param name="Residents">With the babies.</param>
/// <param name="Rows">Records by data set, those sent twice or again not counted.</param>
/// <param name="Institutions">By folder: mapping, records, bytes.</param>
/// <param name="Errors">Injected errors by kind.</param>
public sealed record CityReport(
    long Residents, long Births, long Deaths, long Bytes, IReadOnlyDictionary<string, long> Rows,
    IReadOnlyList<FolderReport> Institutions, IReadOnlyDictionary<string, long> Errors)
{
    /// <summary>All records.</summary>
    public long TotalRows => Rows.Values.Sum();
}
