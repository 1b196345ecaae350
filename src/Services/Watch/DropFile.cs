namespace Yunnao.Services.Watch;

/// <summary>A file of a drop.</summary>
/// <param name="Name">Relative to the drop, with slashes.</param>
/// <param name="Tag">Another one when the content is: the time of the last change, or the server's tag.</param>
public sealed record DropFile(string Name, long Length, string Tag);
