namespace Yunnao.Formats.Hl7v2;

/// <summary>A condition with its path compiled.</summary>
internal sealed record Hl7v2Condition(Hl7v2Path Path, Condition Test);
