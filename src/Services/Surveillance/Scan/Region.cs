namespace Yunnao.Services.Surveillance.Scan;

/// <summary>A place that cases are counted in: the centre of a region, or a point.</summary>
/// <param name="Longitude">Degrees east.</param>
/// <param name="Latitude">Degrees north.</param>
public readonly record struct Region(double Longitude, double Latitude);
