using Yunnao.Standards;

namespace Yunnao.Trust.Rights;

/// <summary>One step of a decision, to be read by a person.</summary>
/// <param name="Holds">False for the step that refused.</param>
/// <param name="Because">File and line of the policy that decided, or empty.</param>
public sealed record Step(bool Holds, Names Text, string Because = "");
