namespace Yunnao.Tests.Unit;

/// <summary>The registry of the checkout.</summary>
internal static class StandardsFolder
{
    public static string Path { get; } = Repository.File("standards");
}
