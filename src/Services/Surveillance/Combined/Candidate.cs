namespace Yunnao.Services.Surveillance.Combined;

/// <summary>One series of a day, to be ranked with the others.</summary>
/// <param name="Evidence">What <see cref="CombinedDetector"/> says of it today.</param>
/// <param name="Parent">
/// Position, among the candidates of the day, of the same disease in the region around this one (its cases include these), or −1.
/// </param>
public readonly record struct Candidate(Evidence Evidence, int Parent = -1);
