using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Scores the points of a series from <paramref name="first"/>; a percentile is that of the disease for the method that has one.</summary>
public delegate Problem? ScorePoints(ReadOnlySpan<double> counts, int first, double percentile, Span<Score> scores);

/// <summary>A detector with its usual settings, by name.</summary>
public sealed record PublishedDetector(string Name, ScorePoints Detect);
