namespace Yunnao.Services.Fhir;

/// <summary>What of an export makes it one of resources (Bulk Data Access IG 2.0).</summary>
/// <param name="Types">Resource types.</param>
public sealed record FhirExportOrder(IReadOnlyList<string> Types)
{
    /// <summary>The address of the request, which the manifest repeats.</summary>
    public string Request { get; init; } = "";

    /// <summary>Only what came at or after this moment, UTC; null for all.</summary>
    public DateTime? Since { get; init; }

    /// <summary>Searches such as <c>Observation?code=8302-2</c>: of a type that has any, what one of them finds.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];
}
