using System.Text.Json.Serialization;
using Yunnao.Lake.Queries;
using Yunnao.Services.Fhir;

namespace Yunnao.Services.Exports;

/// <summary>What somebody wants exported.</summary>
/// <param name="DataSets">Ids.</param>
/// <param name="Purpose">What for: an id of the policies.</param>
public sealed record ExportOrder(IReadOnlyList<string> DataSets, string Purpose)
{
    /// <summary>First event time, included; null for no beginning.</summary>
    public DateTime? From { get; init; }

    /// <summary>Last event time, not included; null for no end.</summary>
    public DateTime? To { get; init; }

    /// <summary>Codes of institutions; empty for all that the Scope reaches.</summary>
    public IReadOnlyList<string> Organisations { get; init; } = [];

    public ExportForm Form { get; init; } = ExportForm.Parquet;

    /// <summary>CSV and JSON lines as gzip.</summary>
    public bool Compressed { get; init; }

    /// <summary>About how many megabytes a file grows to; 0 for one file a data set.</summary>
    public int SplitMb { get; init; }

    /// <summary>Only what changed after this place: the <see cref="ExportManifest.Mark"/> of an earlier export. Null for all.</summary>
    [JsonConverter(typeof(LakeMarkJson))]
    public LakeMark? Since { get; init; }

    /// <summary>Name of a database that the administrator described, into which the rows go instead of into files; null for files.</summary>
    public string? Target { get; init; }

    /// <summary>With <see cref="Target"/>: replace what it has, instead of adding what changed since it was last written.</summary>
    public bool Full { get; init; }

    /// <summary>Makes the files resources of FHIR instead of rows; null for rows.</summary>
    public FhirExportOrder? Fhir { get; init; }

    /// <summary>Makes the files tables of a common data model instead of data sets: <c>omop</c> (<see cref="Omop.OmopProfile"/>). Null for data sets.</summary>
    public string? Profile { get; init; }

    /// <summary>X.509 certificate in PEM: every file is closed for it (CMS) and opened with its private key alone. Null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>
    /// True leaves some rows out, so that the files name their recipient (<see cref="ExportMarks"/>). Whoever approves decides; where it is not said, an
    /// export is marked whose policy shows persons by pseudonyms.
    /// </summary>
    public bool? Marked { get; init; }

    /// <summary>False where rows point at each other: a row that is left out would be a reference to nowhere.</summary>
    [JsonIgnore]
    internal bool MayBeMarked => Fhir is null && Profile is null;

    /// <summary>Name of a configured place into which the finished files are pushed; null for none.</summary>
    public string? Place { get; init; }
}
