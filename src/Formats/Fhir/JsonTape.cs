using System.Text.Json;

namespace Yunnao.Formats.Fhir;

/// <summary>
/// A JSON document as a flat list of its values in order, each knowing where the next one starts: enough to follow paths, without an
/// object for each value. Used again for every document.
/// </summary>
/// <param name="names">Names that are read. Properties of other names are left out, unless all are asked for.</param>
internal sealed class JsonTape(JsonNames names, bool all)
{
    private const int MaxDepth = 128;
    private const int MaxNodes = 8 << 20;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    private readonly int[] _open = new int[MaxDepth + 1];
    private JsonNode[] _nodes = new JsonNode[512];
    private int _count;

    public ref readonly JsonNode this[int node] => ref _nodes[node];

    /// <summary>Reads one document; node 0 is its root. Gives the code of what is wrong, or null.</summary>
    public string? Read(ReadOnlySpan<byte> json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json)) return "fhir.encoding";
        try
        {
            return Build(json);
        }
        catch (JsonException)
        {
            // The reader has no other way to say that the text is not JSON.
            return "fhir.json";
        }
    }

    /// <summary>First child of an object with the name, or -1.</summary>
    public int Child(int parent, int name)
    {
        var end = _nodes[parent].Next;
        for (var child = parent + 1; child < end; child = _nodes[child].Next)
            if (_nodes[child].Name == name) return child;
        return -1;
    }

    private string? Build(ReadOnlySpan<byte> json)
    {
        _count = 0;
        var (depth, name, nameStart, nameLength) = (0, 0, 0, 0);
        var reader = new Utf8JsonReader(json, Options);
        while (reader.Read())
        {
            if (_count > MaxNodes) return "fhir.too-large";
            var start = (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = reader.ValueIsEscaped ? 0 : names.Find(reader.ValueSpan);
                    (nameStart, nameLength) = (start + 1, reader.ValueSpan.Length);
                    if (name == 0 && !all) reader.Skip();
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    _open[depth++] = _count;
                    Add(new(name, nameStart, nameLength, start, 0, 0, reader.TokenType == JsonTokenType.StartObject ? JsonKind.Object : JsonKind.Array));
                    (name, nameLength) = (0, 0);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    var opened = _open[--depth];
                    _nodes[opened] = _nodes[opened] with { Next = _count, Length = start + 1 - _nodes[opened].Start };
                    break;
                case JsonTokenType.String:
                    if (reader.ValueIsEscaped && !JsonText.IsWellFormed(reader.ValueSpan)) return "fhir.encoding";
                    var kind = reader.ValueIsEscaped ? JsonKind.EscapedText : JsonKind.Text;
                    Add(new(name, nameStart, nameLength, start + 1, reader.ValueSpan.Length, _count + 1, kind));
                    (name, nameLength) = (0, 0);
                    break;
                default:
                    kind = reader.TokenType == JsonTokenType.Null ? JsonKind.Null : JsonKind.Literal;
                    Add(new(name, nameStart, nameLength, start, reader.ValueSpan.Length, _count + 1, kind));
                    (name, nameLength) = (0, 0);
                    break;
            }
        }

        return null;
    }

    private void Add(in JsonNode node)
    {
        if (_count == _nodes.Length) Array.Resize(ref _nodes, _count * 2);
        _nodes[_count++] = node;
    }
}
