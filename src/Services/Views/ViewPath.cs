namespace Yunnao.Services.Views;

/// <summary>A path as written, and its place in the view, for example <c>select[0].column[1].path</c>.</summary>
internal sealed record ViewPath(string Text, string Where);
