namespace Yunnao.Standards.Quality;

/// <summary>What a measure counts for.</summary>
/// <param name="Dimension">Id of a dimension.</param>
/// <param name="Weight">Weight within the dimension; 0: shown, and part of no score.</param>
public sealed record MeasureWeight(string Dimension, double Weight);
