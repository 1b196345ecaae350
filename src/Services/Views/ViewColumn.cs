namespace Yunnao.Services.Views;

/// <summary>A column of a view.</summary>
/// <param name="Type">FHIR type that the view promises; null when it promises none.</param>
/// <param name="Collection">True when the column is a list.</param>
/// <param name="SqlType">Type of the column in SQL where the view asks for one by the tag <c>ansi/type</c>.</param>
internal sealed record ViewColumn(string Name, ViewPath Path, string? Type, bool Collection, string? SqlType);
