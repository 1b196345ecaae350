namespace Yunnao.Synthetic;

/// <summary>How far the making of a city has come.</summary>
public readonly record struct CityProgress(long Residents, long Total, long Bytes);
