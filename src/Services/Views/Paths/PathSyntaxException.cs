namespace Yunnao.Services.Views.Paths;

/// <summary>Leaves the parser at the first thing that is wrong; never crosses <see cref="PathParser.Parse"/>.</summary>
internal sealed class PathSyntaxException(int at, string message) : Exception(message)
{
    public int At { get; } = at;
}
