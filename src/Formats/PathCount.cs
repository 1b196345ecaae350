namespace Yunnao.Formats;

/// <summary>How often the source carried something, and whether a plan reads it.</summary>
/// <param name="Path">
/// A message type (<c>ORU^R01</c>), a segment (<c>OBX</c>) or a field of it (<c>OBX-5</c>); a resource type (<c>Observation</c>) or an
/// element with a value (<c>Observation.valueQuantity.value</c>, without array indexes).
/// </param>
/// <param name="Count">Messages, segments, fields that are not empty, resources, or values.</param>
/// <param name="Mapped">True when a plan reads it, as a column or in a condition; for a type, when a plan is for it.</param>
public readonly record struct PathCount(string Path, long Count, bool Mapped);
