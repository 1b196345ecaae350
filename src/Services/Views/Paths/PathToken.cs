namespace Yunnao.Services.Views.Paths;

/// <summary>A word of FHIRPath and the character at which it begins.</summary>
/// <param name="Text">The symbol, name or number as written; the value of a text without its quotes and escapes.</param>
internal readonly record struct PathToken(PathTokenKind Kind, string Text, int At);
