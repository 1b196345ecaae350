namespace Yunnao.Tests;

/// <summary>The checkout that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>A path of it, with slashes.</summary>
    public static string File(string path) => Path.Combine(Root, path);

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (System.IO.File.Exists(Path.Combine(folder, "Yunnao.slnx"))) return folder;
        throw new DirectoryNotFoundException("The tests do not run inside a checkout of Yunnao.");
    }
}
