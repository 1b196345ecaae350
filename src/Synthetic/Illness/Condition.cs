namespace Yunnao.Synthetic.Illness;

/// <summary>A lasting disease of a person.</summary>
internal sealed record Condition(Disease Disease, DateOnly Since);
