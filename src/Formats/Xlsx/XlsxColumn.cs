namespace Yunnao.Formats.Xlsx;

/// <summary>A column of a sheet.</summary>
/// <param name="Prompt">What the spreadsheet shows beside a selected cell, or null.</param>
/// <param name="Choices">The values of the drop-down, or null.</param>
/// <param name="OthersToo">True when the cell takes other values too.</param>
/// <param name="Number">True when cells that are numbers are written as such, and not as text.</param>
public sealed record XlsxColumn(string Header, string? Prompt = null, IReadOnlyList<string>? Choices = null, bool OthersToo = false, bool Number = false);
