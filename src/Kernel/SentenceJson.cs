using System.Text.Json;
using System.Text.Json.Serialization;

namespace Yunnao.Kernel;

/// <summary>A sentence as JSON: a text, in English. Whoever answers a person says it in that person's language before.</summary>
internal sealed class SentenceJson : JsonConverter<Sentence>
{
    /// <inheritdoc/>
    public override Sentence Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Sentence.FromString(reader.GetString() ?? "");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Sentence value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
