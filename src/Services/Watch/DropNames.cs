namespace Yunnao.Services.Watch;

/// <summary>Which names of a drop mean something.</summary>
internal static class DropNames
{
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Sources = "sources.csv";

    private static readonly string[] Unfinished = [".part", ".tmp", ".filepart", ".partial", ".crdownload", ".writing", "~"];

    /// <summary>True for a file to load: not hidden, not one that is still written under a name that says so, not one that was dealt with.</summary>
    public static bool IsData(string name) =>
        name != Sources
        && name.Split('/') is var parts && parts[0] is not (Done or Failed)
        && !parts.Any(p => p.StartsWith('.'))
        && !Unfinished.Any(u => name.EndsWith(u, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name with a number before its extension: <c>a/b.csv</c> → <c>a/b.2.csv</c>.</summary>
    public static string Numbered(string name, int number) => number < 2 ? name : Path.ChangeExtension(name, $".{number}{Path.GetExtension(name)}");
}
