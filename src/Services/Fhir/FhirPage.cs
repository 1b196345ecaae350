namespace Yunnao.Services.Fhir;

/// <summary>A Bundle as it goes out, or a single resource.</summary>
/// <param name="Body">UTF-8 JSON.</param>
/// <param name="Rows">Rows that were given, for the caller's share.</param>
/// <param name="Version">Of a single resource its version.</param>
/// <param name="Updated">Of a single resource when this version came, UTC, where the Scope shows it.</param>
public sealed record FhirPage(ReadOnlyMemory<byte> Body, int Rows, string? Version = null, DateTime? Updated = null);
