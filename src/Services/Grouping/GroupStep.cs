namespace Yunnao.Services.Grouping;

/// <summary>A step of the way to a group.</summary>
/// <param name="Group">The group it is about; empty when it is about none.</param>
/// <param name="Code">The code of a diagnosis or operation; empty when it is about none.</param>
/// <param name="Other">What the kind says: a list, an exclusion table, another code.</param>
public sealed record GroupStep(GroupStepKind Kind, string Group = "", string Code = "", string Other = "");
