namespace Yunnao.Services.Fhir.Writing;

/// <summary>What became of an entry that went well.</summary>
/// <param name="Id">Id of the resource.</param>
/// <param name="Version">Version of its record.</param>
/// <param name="Status">HTTP status: 201 created, 200 a newer version or there already.</param>
internal sealed record EntryResult(string Type, string Id, long Version, int Status);
