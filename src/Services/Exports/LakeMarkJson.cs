using System.Text.Json;
using System.Text.Json.Serialization;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Exports;

/// <summary>
/// A place in the history as manifests have it, <c>{"batch": 17, "move": 3}</c>. Manifests of earlier versions have a number of a batch: then
/// everything that ever moved is told of again, which is more than is needed and never less.
/// </summary>
internal sealed class LakeMarkJson : JsonConverter<LakeMark>
{
    public override LakeMark? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out var batch) => new(batch, 0),
        JsonTokenType.StartObject => JsonSerializer.Deserialize<LakeMark>(ref reader, options),

        // Without a path of its own the exception gets that of the place where the mark stands.
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, LakeMark value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, options);
}
