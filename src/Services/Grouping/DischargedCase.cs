namespace Yunnao.Services.Grouping;

/// <summary>What grouping needs to know of a stay: the part of the case front page (WS 445.10) that the rules look at.</summary>
/// <param name="Id">Number of the case, as its source gives it.</param>
/// <param name="Sex">Code of GB/T 2261.1: 1 male, 2 female; else empty.</param>
/// <param name="Years">Age in whole years at admission; null when it is not known.</param>
/// <param name="Days">Age in days at admission, needed below one year.</param>
/// <param name="Weight">Weight of a newborn at admission (else at birth), g.</param>
/// <param name="Diagnoses">Codes of the insurance edition, the main diagnosis first.</param>
/// <param name="Operations">Codes of the insurance edition, the main operation first.</param>
public sealed record DischargedCase(string Id, string Sex, int? Years, int? Days, int? Weight, IReadOnlyList<string> Diagnoses, IReadOnlyList<string> Operations);
