namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>A contact through which one case may have infected another; both are positions in the line list.</summary>
public readonly record struct ContactLink(int Infector, int Infected);
