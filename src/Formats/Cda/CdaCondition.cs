namespace Yunnao.Formats.Cda;

/// <summary>A condition with its path compiled.</summary>
internal sealed record CdaCondition(CdaPath Path, Condition Test);
