namespace Yunnao.Tests.Unit;

/// <summary>The registry of the checkout.</summary>
internal static class StandardsFolder
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var standards = System.IO.Path.Combine(folder.FullName, "standards");
            if (File.Exists(System.IO.Path.Combine(standards, "datasets.csv"))) return standards;
        }

        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
