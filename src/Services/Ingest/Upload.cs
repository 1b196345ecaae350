namespace Yunnao.Services.Ingest;

/// <summary>A file that the object store keeps and a job is to load.</summary>
/// <param name="Object">SHA-256 of its bytes.</param>
/// <param name="Name">Name as the sender gave it.</param>
/// <param name="Source">Id of the source mapping.</param>
public sealed record Upload(string Object, string Name, string Source, string? Organisation, bool DryRun, bool Report);
