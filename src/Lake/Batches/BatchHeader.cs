namespace Yunnao.Lake.Batches;

/// <summary>What is known of a batch before its first row: one landed object, read with one source mapping.</summary>
/// <param name="ObjectId">SHA-256 of the landed bytes, 64 hex digits; null for rows that came without a file.</param>
/// <param name="FileName">Name as the sender gave it; for people only.</param>
/// <param name="Source">Id of the source mapping.</param>
/// <param name="RegistryFingerprint">Version of the registry whose checks were applied.</param>
/// <param name="Bytes">Length of the landed bytes.</param>
/// <param name="Organisation">Institution of the records that do not say theirs; null when each says it.</param>
public sealed record BatchHeader(string? ObjectId, string FileName, string Source, string RegistryFingerprint, long Bytes, string? Organisation = null);
