namespace Yunnao.Services.Identity;

/// <summary>Two local patient numbers of an institution that turned out to be one person, as a message said.</summary>
/// <param name="Number">From 1, in the order in which they became known.</param>
/// <param name="Organisation">Whose numbers they are.</param>
/// <param name="Prior">Subject of the number that is used no more.</param>
/// <param name="Surviving">Subject of the number that goes on.</param>
/// <param name="Batch">The batch that said so.</param>
/// <param name="Undone">When somebody undid it, or null while it holds.</param>
/// <param name="UndoneBy">Who did.</param>
public sealed record IdentityMerge(int Number, string Organisation, ulong Prior, ulong Surviving, int Batch, DateTimeOffset Recorded, DateTimeOffset? Undone, string? UndoneBy);
