using Yunnao.Lake.Queries;

namespace Yunnao.Services.Exports;

/// <summary>What an export holds: written last, as <c>manifest.json</c>; without it an export is not whole.</summary>
/// <param name="Registry">Fingerprint of the registry.</param>
/// <param name="Who">Under whose right it was read.</param>
/// <param name="Mark">What of the lake's history is in it: what a later export of only the changes is given as its beginning.</param>
/// <param name="DataSets">In the order of the ids.</param>
public sealed record ExportManifest(
    string Registry, string Who, DateTimeOffset Created, ExportOrder Order, [property: System.Text.Json.Serialization.JsonConverter(typeof(LakeMarkJson))] LakeMark Mark, IReadOnlyList<ExportManifest.Part> DataSets, IReadOnlyList<ExportManifest.Content> Files)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "manifest.json";

    /// <summary>A data set of the export.</summary>
    /// <param name="Columns">Column → how the policy shows it: clear, mask, generalise, pseudonym.</param>
    public sealed record Part(string Id, string Version, long Rows, IReadOnlyDictionary<string, string> Columns)
    {
        /// <summary>Of the rows, those that the target keeps apart because its own checks refuse them; 0 where a target has none.</summary>
        [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
        public long Quarantined { get; init; }
    }

    /// <summary>A file of the export, as it is fetched.</summary>
    /// <param name="Name">Relative to the manifest, with slashes.</param>
    /// <param name="Sha256">64 hex digits.</param>
    public sealed record Content(string Name, string DataSet, long Bytes, string Sha256)
    {
        /// <summary>Of a file that is closed for its recipient: the bytes when it is opened.</summary>
        public long? ClearBytes { get; init; }

        /// <summary>Of a file that is closed for its recipient: the hash when it is opened.</summary>
        public string? ClearSha256 { get; init; }
    }
}
