namespace Yunnao.Services.Surveillance.Combined;

/// <summary>
/// A series that deserves attention today.
/// </summary>
/// <param name="Series">Position among the candidates of the day.</param>
/// <param name="Window">The least likely window: its cases, and the cases expected when the region around is taken into account.</param>
/// <param name="PValue">Combined p-value, the region around taken into account.</param>
/// <param name="QValue">Smallest false-discovery rate at which this would be a signal: the order of the ranking.</param>
/// <param name="AreaRatio">
/// Observed over expected cases in the rest of the region around, by which the expectation was raised; 1 where it was not.
/// </param>
public sealed record Signal(int Series, WindowScore Window, double PValue, double QValue, double AreaRatio);
