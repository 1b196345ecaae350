namespace Yunnao.Services.Identity;

/// <summary>A local patient number that turned out to be another subject: rows move from the old subject to the new one.</summary>
/// <param name="Organisation">Only rows of this institution move, because others still know the old subject; null when nobody does.</param>
public readonly record struct SubjectChange(string? Organisation, ulong Old, ulong New);
