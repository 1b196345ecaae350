namespace Yunnao.Server.Connect;

/// <summary>What a record system hands over when it opens an application: the person, and the encounter, that its user is looking at (SMART App Launch 2.2, 2.0.3).</summary>
/// <param name="Patient">Null when nobody is being looked at.</param>
/// <param name="Encounter">Id of an Encounter, or null.</param>
internal readonly record struct LaunchContext(ulong? Patient, string? Encounter);
