namespace Yunnao.Tests.House;

/// <summary>The checkout the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Yunnao.slnx"))) return folder;
        throw new InvalidOperationException("The tests do not run inside a checkout of Yunnao.");
    }
}
