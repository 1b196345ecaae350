namespace Yunnao.Tests.Formats.Dicom;

/// <summary>Objects for which a rule does not hold, each with its reason: <c>exclusions.csv</c> beside this file.</summary>
internal static class Exclusions
{
    private static readonly Lazy<HashSet<(string File, string Test)>> All = new(() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "exclusions.csv")).Skip(1).Select(l => l.Split(',')).Select(c => (c[0], c[1]))]);

    /// <summary>The files that a test leaves out.</summary>
    public static string[] Of(string test) => [.. All.Value.Where(e => e.Test == test).Select(e => e.File).Order(StringComparer.Ordinal)];
}
