namespace Yunnao.Services.Surveillance.Counting;

/// <summary>How a CSV file holds counts.</summary>
/// <param name="Path">The file: UTF-8, comma-separated, with a header line.</param>
/// <param name="Date">Column with the date: 2024-12-31, 2024/12/31 or 20241231.</param>
/// <param name="Count">Column with the count, or null: every row is one case.</param>
/// <param name="Group">Column that tells series apart, or null.</param>
public sealed record SeriesFile(string Path, string Date, string? Count, string? Group);
