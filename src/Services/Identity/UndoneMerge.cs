namespace Yunnao.Services.Identity;

/// <summary>A merge that was undone, and how many rows are another person's again.</summary>
public sealed record UndoneMerge(IdentityMerge Merge, long Rows);
