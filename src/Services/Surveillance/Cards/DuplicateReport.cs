namespace Yunnao.Services.Surveillance.Cards;

/// <summary>A record of a person's illness that another record reported before; the two are counted once.</summary>
/// <param name="Record">Record key, decimal digits.</param>
/// <param name="Of">Key of the record before it.</param>
public sealed record DuplicateReport(string Signal, string Record, string Organisation, DateOnly Seen, string Of, string OfOrganisation, DateOnly OfSeen);
