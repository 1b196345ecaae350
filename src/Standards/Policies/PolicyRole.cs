namespace Yunnao.Standards.Policies;

/// <summary>A role that accounts and applications hold.</summary>
/// <param name="Apart">Group of roles of which nobody may hold two (the three administrators), or null.</param>
public sealed record PolicyRole(string Id, Status Status, string? Apart, Names Name, Names Definition, string Source, SourceLine At);
