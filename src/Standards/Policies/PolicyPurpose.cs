namespace Yunnao.Standards.Policies;

/// <summary>What data are asked for.</summary>
/// <param name="SmallestGroup">Persons that a group of a result needs to be shown; 0 or 1 shows all.</param>
/// <param name="BreakGlass">True when each use needs an open break-glass for the person.</param>
public sealed record PolicyPurpose(
    string Id, Status Status, ConsentRule Consent, int SmallestGroup, bool BreakGlass, Names Name, Names Definition, string Source, SourceLine At);
