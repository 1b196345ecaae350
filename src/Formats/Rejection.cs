namespace Yunnao.Formats;

/// <summary>A record (or line) of the source that could not become rows. Carries its place and a stable code, never its text.</summary>
/// <param name="Record">Record number from 1.</param>
/// <param name="Offset">Byte offset of the record in the decoded input, from 0.</param>
/// <param name="Line">Physical line from 1, or 0 where lines mean nothing.</param>
/// <param name="Code">Stable code, for example <c>hl7v2.no-msh</c>, <c>fhir.json</c>, <c>mapping.none</c>.</param>
/// <param name="Path">Element path, message or resource type the problem is about, or null.</param>
public readonly record struct Rejection(long Record, long Offset, long Line, string Code, string? Path);
