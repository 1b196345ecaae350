using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Yunnao.Standards.Compile;

/// <summary>A data set as JSON Schema (2020-12): the object of one record as it is sent to the platform, all values by item name.</summary>
public static class JsonSchema
{
    /// <summary>Value sets up to this size are listed as <c>enum</c>; of larger ones the schema names the id only.</summary>
    public const int MostListedCodes = 100;

    private static readonly JsonWriterOptions Indented =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>The schema as indented JSON. English is in <c>title</c> and <c>description</c>, Chinese in <c>x-title-zh</c> and <c>x-description-zh</c>.</summary>
    public static string Build(DataSet dataSet)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            var items = dataSet.Items.Where(i => i.Status != Status.Superseded).ToArray();
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("$id", $"urn:yunnao:{dataSet.Id}:{dataSet.Version}");
            Describe(json, dataSet.Name, dataSet.Definition);
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            foreach (var item in items) Property(json, item);
            json.WriteEndObject();
            json.WriteStartArray("required");
            foreach (var item in items.Where(i => i.Required)) json.WriteStringValue(item.Name);
            json.WriteEndArray();
            json.WriteBoolean("additionalProperties", false);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static void Property(Utf8JsonWriter json, Item item)
    {
        json.WriteStartObject(item.Name);
        Describe(json, item.Title, item.Definition);
        Type(json, item);
        if (item.ValueSet is { } set) Codes(json, set);
        if (item.Unit is { } unit) json.WriteString("x-unit", unit);
        if (item.Level is { } level) json.WriteNumber("x-level", level);
        json.WriteEndObject();
    }

    private static void Describe(Utf8JsonWriter json, Names title, Names definition)
    {
        json.WriteString("title", title.En);
        json.WriteString("x-title-zh", title.Zh);
        if (definition.En.Length > 0) json.WriteString("description", definition.En);
        if (definition.Zh.Length > 0) json.WriteString("x-description-zh", definition.Zh);
    }

    private static void Type(Utf8JsonWriter json, Item item)
    {
        var format = item.Element.Format;
        switch (item.Element.Type)
        {
            case ElementType.N:
                json.WriteString("type", format.Decimals > 0 ? "number" : "integer");
                if (item.Min is { } min) json.WriteNumber("minimum", decimal.Parse(min, CultureInfo.InvariantCulture));
                if (item.Max is { } max) json.WriteNumber("maximum", decimal.Parse(max, CultureInfo.InvariantCulture));
                break;
            case ElementType.L:
                json.WriteString("type", "boolean");
                break;
            case ElementType.D:
                Text(json, "date");
                break;
            case ElementType.DT:
                Text(json, "date-time");
                break;
            case ElementType.T:
                Text(json, "time");
                break;
            default:
                json.WriteString("type", "string");
                if (item.ValueSet is not null) break;
                if (format.Exact) json.WriteNumber("minLength", format.Length);
                json.WriteNumber("maxLength", format.Length);
                break;
        }
    }

    private static void Text(Utf8JsonWriter json, string format)
    {
        json.WriteString("type", "string");
        json.WriteString("format", format);
    }

    private static void Codes(Utf8JsonWriter json, ValueSet set)
    {
        json.WriteString("x-value-set", set.Id);
        if (set.Codes.Count > MostListedCodes) return;
        json.WriteStartArray("enum");
        foreach (var code in set.Codes.Keys) json.WriteStringValue(code);
        json.WriteEndArray();
        json.WriteStartObject("x-codes");
        foreach (var code in set.Codes.Values)
        {
            json.WriteStartObject(code.Value);
            json.WriteString("zh", code.Name.Zh);
            json.WriteString("en", code.Name.En);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
