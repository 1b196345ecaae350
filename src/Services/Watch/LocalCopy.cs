namespace Yunnao.Services.Watch;

/// <summary>Where a file of a server is copied to.</summary>
internal static class LocalCopy
{
    /// <summary>The path of a name in a folder; its own folder is made. A name that leads out of the folder is refused.</summary>
    /// <exception cref="IOException">The name leads elsewhere.</exception>
    public static string PathOf(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        if (!path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new IOException("The name of a file leads out of its folder.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
