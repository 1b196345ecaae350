using Yunnao.Kernel;

namespace Yunnao.Services.Views.Paths;

/// <summary>Leaves the parser at the first thing that is wrong; never crosses <see cref="PathParser.Parse"/>.</summary>
internal sealed class PathSyntaxException(int at, Sentence said) : Exception(said.ToString())
{
    public int At { get; } = at;

    public Sentence Said { get; } = said;
}
