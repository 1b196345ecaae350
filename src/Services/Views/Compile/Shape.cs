using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Services.Views.Compile;

/// <summary>
/// What a view reads of a resource, as a tree of elements: the resource is read once, into a typed structure of just these. It grows while paths
/// are compiled, so that a view is compiled twice: the first time to know the shape, the second to write the statement.
/// </summary>
internal sealed class Shape
{
    private readonly Dictionary<string, Shape> _children = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Shape> _resources = new(StringComparer.Ordinal);
    private string? _leaf;
    private bool _many;

    /// <summary>True when somebody wants the JSON of the thing itself; those who want its elements then read them from that JSON.</summary>
    public bool AsJson { get; set; }

    /// <summary>The elements, by the names of their members in JSON.</summary>
    public IEnumerable<(string Name, string SqlType)> Columns => _children.Select(c => (c.Key, c.Value.SqlType));

    /// <summary>True of a number of which somebody wants the text, because it says how exact it is.</summary>
    public bool AsText => _leaf == "VARCHAR";

    /// <summary>The structure of one thing of this shape, as the engine's <c>from_json</c> takes it.</summary>
    public string Structure => SqlNames.Literal(OneStructure());

    private bool IsJson => AsJson || (_children.Count == 0 && _leaf is null);

    private string SqlType
    {
        get
        {
            var one = IsJson ? "JSON" : _leaf ?? $"STRUCT({string.Join(", ", Columns.Select(c => $"{SqlNames.Quote(c.Name)} {c.SqlType}"))})";
            return _many ? one + "[]" : one;
        }
    }

    /// <summary>An element.</summary>
    /// <param name="leaf">SQL type of a primitive; null of anything else.</param>
    public Shape Child(string name, bool many, string? leaf)
    {
        if (_children.TryGetValue(name, out var child)) return child;
        return _children[name] = new() { _many = many, _leaf = leaf };
    }

    /// <summary>The shape of a thing that may be a resource of any type, as one of this type.</summary>
    public Shape Resource(string type)
    {
        AsJson = true;
        return _resources.TryGetValue(type, out var shape) ? shape : _resources[type] = new();
    }

    /// <summary>Asks for the text of a number.</summary>
    public void WantText() => _leaf = "VARCHAR";

    private string OneStructure() => _leaf is not null ? $"\"{_leaf}\"" : _children.Count == 0 ? "\"JSON\"" : $"{{{string.Join(",", _children.Select(c => $"\"{c.Key}\":{c.Value.Member()}"))}}}";

    private string Member()
    {
        var one = IsJson ? "\"JSON\"" : OneStructure();
        return _many ? $"[{one}]" : one;
    }
}
