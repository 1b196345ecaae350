namespace Yunnao.Services.Views;

/// <summary>A constant: <c>valueCode</c> has the type <c>code</c>.</summary>
internal sealed record ViewConstant(string Type, string Text);
