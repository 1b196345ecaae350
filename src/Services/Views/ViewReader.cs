using System.Text.Json;
using System.Text.RegularExpressions;
using Yunnao.Kernel;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Views;

/// <summary>Reads a ViewDefinition from its JSON; goes on after a problem, so that all of them are told at once.</summary>
internal sealed partial class ViewReader
{
    private const int MostConstants = 1000;
    private const int Deepest = 32;

    private readonly string? _file;
    private readonly List<Problem> _problems = [];

    private ViewReader(string? file) => _file = file;

    /// <summary>The view in a JSON text, and problems <c>view.*</c> with their place in it. Where there are some, the view is good only for finding more.</summary>
    /// <param name="file">Name of the file that it is from, for the places of problems.</param>
    public static (ViewDefinition? View, IReadOnlyList<Problem> Problems) Read(ReadOnlyMemory<byte> json, string? file = null)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return Read(document.RootElement, file);
        }
        catch (JsonException e)
        {
            return (null, [new Problem(ProblemKind.Incorrect, "view.json", "The view is not JSON.", new(file, e.LineNumber + 1))]);
        }
    }

    /// <summary>The view in a JSON object.</summary>
    public static (ViewDefinition? View, IReadOnlyList<Problem> Problems) Read(JsonElement json, string? file = null)
    {
        var reader = new ViewReader(file);
        if (json.ValueKind != JsonValueKind.Object) return (null, [reader.Wrong("", "An object is wanted here.")]);
        var view = reader.View(json);
        return (FhirTypes.IsResource(view.Resource) && view.Selects.Count > 0 ? view : null, reader._problems);
    }

    private ViewDefinition View(JsonElement json)
    {
        if (Text(json, "resourceType", "") is { } kind && kind != "ViewDefinition") Add("view.kind", $"This is a {kind}, not a ViewDefinition.", "resourceType");
        var resource = Text(json, "resource", "");
        if (resource is null) Add("view.resource", "The view does not say which resource it is over: \"resource\": \"Patient\".", "resource");
        else if (!FhirTypes.IsResource(resource)) Add("view.resource", $"{resource} is no resource type of FHIR R4.", "resource");
        var selects = Selects(json, "select", "", 0);
        if (selects.Count == 0) Add("view.select", "The view selects nothing: it needs a select with at least one column.", "select");
        return new(Text(json, "name", ""), resource ?? "", Constants(json), selects, [.. Each(json, "where", "").Select(w => Path(w.Json, "path", w.Where)).OfType<ViewPath>()]);
    }

    private Dictionary<string, ViewConstant> Constants(JsonElement json)
    {
        var constants = new Dictionary<string, ViewConstant>(StringComparer.Ordinal);
        foreach (var (constant, where) in Each(json, "constant", "").Take(MostConstants))
        {
            if (Text(constant, "name", where) is not { } name)
            {
                Add("view.constant", "A constant needs a name.", where);
                continue;
            }

            var values = constant.ValueKind == JsonValueKind.Object ? constant.EnumerateObject().Where(p => p.Name.StartsWith("value", StringComparison.Ordinal)).ToArray() : [];
            var type = values.Length == 1 && values[0].Name.Length > 5 ? TypeOf(values[0].Name[5..]) : null;
            if (type is null || values[0].Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
                Add("view.constant", $"The constant {name} needs one value of a primitive type, for example \"valueString\".", where);
            else if (!constants.TryAdd(name, new(type, values[0].Value.ToString() is var text && type == "boolean" ? text.ToLowerInvariant() : text)))
                Add("view.constant", $"There are two constants of the name {name}.", where);
        }

        return constants;
    }

    private static string? TypeOf(string suffix)
    {
        var type = char.ToLowerInvariant(suffix[0]) + suffix[1..];
        return FhirTypes.IsPrimitive(type) ? type : null;
    }

    private List<ViewSelect> Selects(JsonElement json, string name, string at, int depth)
    {
        if (depth <= Deepest) return [.. Each(json, name, at).Select(s => Select(s.Json, s.Where, depth + 1))];
        Add("view.select", $"Selects are nested more than {Deepest} deep.", at);
        return [];
    }

    private ViewSelect Select(JsonElement json, string where, int depth)
    {
        var (each, orNull) = (Path(json, "forEach", where, optional: true), Path(json, "forEachOrNull", where, optional: true));
        var repeat = Each(json, "repeat", where).Select(r => PathOf(r.Json, r.Where)).OfType<ViewPath>().ToList();
        if ((each is null ? 0 : 1) + (orNull is null ? 0 : 1) + (repeat.Count > 0 ? 1 : 0) > 1) Add("view.iteration", "A select has one of forEach, forEachOrNull and repeat, not two.", where);
        var columns = Each(json, "column", where).Select(c => Column(c.Json, c.Where)).OfType<ViewColumn>().ToList();
        var select = new ViewSelect(where, each ?? orNull, orNull is not null, repeat, columns, Selects(json, "select", where, depth), Selects(json, "unionAll", where, depth));
        if (columns.Count + select.Selects.Count + select.Unions.Count == 0) Add("view.select", "A select needs a column, a select or a unionAll.", where);
        return select;
    }

    private ViewColumn? Column(JsonElement json, string where)
    {
        var (name, path) = (Text(json, "name", where), Path(json, "path", where));
        if (name is null || !ColumnName().IsMatch(name)) Add("view.column-name", "A column needs a name of letters, digits and _, a letter first.", $"{where}.name");
        var type = Text(json, "type", where);
        if (type?.LastIndexOf('/') is { } slash and >= 0) type = type[(slash + 1)..];
        if (type is not null && !FhirTypes.IsKnown(type)) Add("view.column-type", $"{type} is no type of FHIR R4.", $"{where}.type");
        var tag = Each(json, "tag", where).FirstOrDefault(t => Text(t.Json, "name", t.Where) == "ansi/type");
        var sqlType = tag.Where is null ? null : Text(tag.Json, "value", tag.Where);
        if (sqlType is not null && !SqlType().IsMatch(sqlType)) Add("view.column-type", $"{sqlType} is no SQL type.", tag.Where!);
        return path is null ? null : new(name ?? "", path, type, Flag(json, "collection", where), sqlType);
    }

    private IEnumerable<(JsonElement Json, string Where)> Each(JsonElement json, string name, string at)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var list)) return [];
        var where = Inside(at, name);
        if (list.ValueKind == JsonValueKind.Array) return list.EnumerateArray().Select((e, i) => (e, $"{where}[{i}]"));
        _problems.Add(Wrong(where, "A list is wanted here."));
        return [];
    }

    private ViewPath? Path(JsonElement json, string name, string at, bool optional = false)
    {
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value)) return PathOf(value, Inside(at, name));
        if (!optional) Add("view.path", "A path is missing here.", at);
        return null;
    }

    private ViewPath? PathOf(JsonElement json, string where)
    {
        if (json.ValueKind == JsonValueKind.String) return new(json.GetString()!, where);
        _problems.Add(Wrong(where, "A text is wanted here."));
        return null;
    }

    private string? Text(JsonElement json, string name, string at)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        _problems.Add(Wrong(Inside(at, name), "A text is wanted here."));
        return null;
    }

    private bool Flag(JsonElement json, string name, string at)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var value)) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        _problems.Add(Wrong(Inside(at, name), "A boolean is wanted here."));
        return false;
    }

    private void Add(string code, Sentence message, string where) => _problems.Add(new(ProblemKind.Incorrect, code, message, new(_file, Path: where)));

    private Problem Wrong(string where, Sentence message) => new(ProblemKind.Incorrect, "view.type", message, new(_file, Path: where));

    private static string Inside(string at, string name) => at.Length == 0 ? name : $"{at}.{name}";

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]*$")]
    private static partial Regex ColumnName();

    /// <summary>The names of types that a view may ask for; anything else is not put into a statement.</summary>
    [GeneratedRegex(@"^(BOOLEAN|TINYINT|SMALLINT|INT|INTEGER|BIGINT|REAL|FLOAT|DOUBLE( PRECISION)?|(DECIMAL|NUMERIC)(\(\d{1,2}(, ?\d{1,2})?\))?|DATE|TIME|TIMESTAMP( WITH(OUT)? TIME ZONE)?|(VARCHAR|CHAR|CHARACTER|CHARACTER VARYING|NVARCHAR)(\(\d{1,9}\))?|TEXT|CLOB)$", RegexOptions.IgnoreCase)]
    private static partial Regex SqlType();
}
