using System.Collections.Frozen;

namespace Yunnao.Lake.DuckDb.Queries.Text;

/// <summary>The functions that SQL text may call, from functions.txt.</summary>
internal static class AllowedFunctions
{
    private static readonly FrozenSet<string> s_names = Read().ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Functions that make rows.</summary>
    private static readonly FrozenSet<string> s_tables = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "range", "generate_series", "unnest");

    public static IReadOnlySet<string> Names => s_names;

    public static bool Contains(string name) => s_names.Contains(name);

    public static bool ContainsTable(string name) => s_tables.Contains(name);

    private static IEnumerable<string> Read()
    {
        using var stream = typeof(AllowedFunctions).Assembly.GetManifestResourceStream("functions.txt")
            ?? throw new InvalidOperationException("functions.txt is missing from the program.");
        using var reader = new StreamReader(stream);
        foreach (var line in reader.ReadToEnd().Split('\n'))
        {
            if (line.StartsWith('#')) continue;
            foreach (var name in line.Split(' ', StringSplitOptions.RemoveEmptyEntries)) yield return name;
        }
    }
}
