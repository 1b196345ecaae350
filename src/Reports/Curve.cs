namespace Yunnao.Reports;

/// <summary>A picture of counts over time.</summary>
/// <param name="Title">Over the picture.</param>
/// <param name="Axis">What the vertical axis counts.</param>
/// <param name="Lines">What is drawn, the first one below.</param>
/// <param name="Level">A horizontal line, for example R = 1, or null.</param>
/// <param name="Range">Where the vertical axis begins and ends; null: from 0 to a little above all values.</param>
public sealed record Curve(string Title, string Axis, IReadOnlyList<CurveLine> Lines, double? Level = null, (double Low, double High)? Range = null);
