namespace Yunnao.Services.Identity;

/// <summary>The clear form of a sealed row: the local number and the values by kind.</summary>
internal sealed record SealedIdentity(string Local, IReadOnlyDictionary<string, string> Values);
