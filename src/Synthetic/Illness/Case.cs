namespace Yunnao.Synthetic.Illness;

/// <summary>A new case of a disease.</summary>
/// <param name="Outbreak">The outbreak it belongs to, or null.</param>
internal sealed record Case(Disease Disease, DateTime Onset, Outbreak? Outbreak = null);
