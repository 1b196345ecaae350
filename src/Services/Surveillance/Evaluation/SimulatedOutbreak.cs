namespace Yunnao.Services.Surveillance.Evaluation;

/// <summary>An outbreak put into a simulated city.</summary>
/// <param name="Disease">Position of the disease.</param>
/// <param name="Districts">Districts that have its cases, the first the source.</param>
/// <param name="Start">Day of its first case.</param>
/// <param name="End">Day of its last case.</param>
/// <param name="Cases">Cases added.</param>
/// <param name="Ratio">Expected and added cases over expected ones, in these districts on these days.</param>
internal sealed record SimulatedOutbreak(int Disease, int[] Districts, int Start, int End, int Cases, double Ratio);
