namespace Yunnao.Synthetic.People;

/// <summary>Codes that describe a resident.</summary>
/// <param name="Marital">GB/T 2261.2.</param>
/// <param name="Ethnic">GB 3304.</param>
/// <param name="Occupation">GB/T 2261.4, as on the case front page.</param>
/// <param name="CardOccupation">The grouping of the infectious-disease card (CV02.01.202).</param>
/// <param name="PayWay">Way of payment of the case front page.</param>
internal sealed record Social(
    string Marital, string Ethnic, string Occupation, string CardOccupation,
    string Education, string PayWay, string Blood, string RhFactor);
