namespace Yunnao.Lake.DuckDb.Queries.Text;

/// <summary>
/// The names of common table expressions that are in scope. One sees those before it and those around it, and itself only when it is
/// recursive, as in the engine: a name that is not in scope means a real table there, so it must not be let through here.
/// </summary>
internal sealed class CommonTables(CommonTables? around)
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    public bool Contains(string name) => _names.Contains(name) || (around?.Contains(name) ?? false);

    public void Add(string name) => _names.Add(name);
}
