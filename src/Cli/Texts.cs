namespace Yunnao.Cli;

/// <summary>The texts of the command line.</summary>
internal static class Texts
{
    /// <summary>The texts of a language tag, see <see cref="Text.For"/>.</summary>
    public static Text For(string? tag) => Text.For(tag, typeof(Texts).Assembly);
}
