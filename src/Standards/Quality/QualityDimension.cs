namespace Yunnao.Standards.Quality;

/// <summary>A dimension of quality, such as completeness.</summary>
/// <param name="Weight">Weight in a score; the weights of the dimensions that have measures are taken as a whole.</param>
public sealed record QualityDimension(string Id, Names Name, double Weight, SourceLine At);
