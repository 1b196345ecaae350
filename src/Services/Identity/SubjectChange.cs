namespace Yunnao.Services.Identity;

/// <summary>A local patient number that turned out to be another subject: rows of the institution move from the old one to the new one.</summary>
public readonly record struct SubjectChange(string Organisation, ulong Old, ulong New);
