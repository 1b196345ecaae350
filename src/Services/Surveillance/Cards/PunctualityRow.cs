namespace Yunnao.Services.Surveillance.Cards;

/// <summary>How punctual an institution reports under one limit.</summary>
/// <param name="Reports">Reports whose two times are known.</param>
/// <param name="Late">Those after the limit.</param>
public sealed record PunctualityRow(string Limit, string Organisation, long Reports, long Late);
