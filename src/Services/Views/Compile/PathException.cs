using Yunnao.Kernel;

namespace Yunnao.Services.Views.Compile;

/// <summary>Leaves the compilation of a path at the first thing that is wrong; never crosses <see cref="PathCompiler.Compile"/>.</summary>
internal sealed class PathException(string code, Sentence said, int at) : Exception(said.ToString())
{
    public string Code { get; } = code;

    public Sentence Said { get; } = said;

    /// <summary>The character of the path, counted from 0.</summary>
    public int At { get; } = at;
}
