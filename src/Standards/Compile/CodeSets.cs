namespace Yunnao.Standards.Compile;

/// <summary>
/// How checking SQL asks whether a code is in a value set: by an ENUM type of the engine, whose look-up is one hash. A list of constants
/// in place would become a join, and a scan with a join can no longer be inserted in parallel and in order.
/// </summary>
public sealed class CodeSets(Registry registry)
{
    private const int ListedInPlace = 2;
    private readonly SortedDictionary<string, string> _types = new(StringComparer.Ordinal);

    /// <summary>The type definitions that the SQL built so far needs: name → CREATE statement. Types are temporary: they end with the session.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>A condition that is true when the code is given and not in the value set.</summary>
    public string NotIn(string text, string valueSet)
    {
        var codes = registry.ValueSets[valueSet].Codes;
        if (codes.Count <= ListedInPlace) return $"{text} NOT IN ({List(codes)})";
        var type = Sql.Name($"set {valueSet}");
        _types.TryAdd(type, $"CREATE TEMP TYPE {type} AS ENUM ({List(codes)})");
        return $"({text} IS NOT NULL AND TRY_CAST({text} AS {type}) IS NULL)";
    }

    private static string List(IReadOnlyDictionary<string, Code> codes) => codes.Count == 0 ? "''" : string.Join(", ", codes.Keys.Select(Sql.Text));
}
