namespace Yunnao.Services.Fhir.Profiles;

/// <summary>An invariant of a profile.</summary>
/// <param name="At">FHIRPath of the elements over which it is evaluated, from the resource on; empty for the resource itself.</param>
/// <param name="Expression">FHIRPath that must be true of each.</param>
/// <param name="IsError">False of one whose breach is a warning.</param>
internal sealed record ProfileRule(string At, string Key, string Expression, bool IsError);
