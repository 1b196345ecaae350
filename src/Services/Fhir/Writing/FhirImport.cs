using Yunnao.Kernel;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>What an import is to load.</summary>
/// <param name="Organisation">The institution whose records these are.</param>
/// <param name="Request">Address of the request, for the answer.</param>
internal sealed record FhirImport(string Organisation, string Request, IReadOnlyList<FhirImport.Input> Inputs)
{
    /// <summary>A file of NDJSON.</summary>
    /// <param name="Type">Type of its resources as the caller says it; the file's own resources decide.</param>
    /// <param name="Url">Where it is fetched from; of an uploaded file null.</param>
    /// <param name="Object">SHA-256 of an uploaded file; null of one that is fetched.</param>
    public sealed record Input(string? Type, string? Url, string? Object);

    /// <summary>What became of a file.</summary>
    public sealed record Loaded(string? Type, string? Url, int? Batch, long Accepted, long Quarantined, string? Code, Sentence? Detail);
}
