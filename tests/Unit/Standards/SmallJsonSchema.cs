using System.Text.Json;

namespace Yunnao.Tests.Unit.Standards;

/// <summary>A validator of the few JSON Schema keywords that compiled schemas use, written from the specification and independent of the compiler.</summary>
internal static class SmallJsonSchema
{
    public static bool Accepts(JsonElement schema, JsonElement value)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (!Holds(keyword.Name, keyword.Value, schema, value)) return false;
        }

        return true;
    }

    private static bool Holds(string keyword, JsonElement argument, JsonElement schema, JsonElement value) => keyword switch
    {
        "type" => argument.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.GetDecimal() % 1 == 0,
            _ => false,
        },
        "required" => argument.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "properties" => value.EnumerateObject().All(p => !argument.TryGetProperty(p.Name, out var sub) || Accepts(sub, p.Value)),
        "additionalProperties" => value.EnumerateObject().All(p => schema.GetProperty("properties").TryGetProperty(p.Name, out _)),
        "enum" => argument.EnumerateArray().Any(e => e.GetString() == value.GetString()),
        "minimum" => value.GetDecimal() >= argument.GetDecimal(),
        "maximum" => value.GetDecimal() <= argument.GetDecimal(),
        "minLength" => value.GetString()!.Length >= argument.GetInt32(),
        "maxLength" => value.GetString()!.Length <= argument.GetInt32(),
        _ => true,
    };
}
