using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Services.Jobs;

/// <summary>
/// A sentence in what came out of a job. It is kept before anybody says in which language it will be read, so its form and its values are kept:
/// <c>{"sentence": "There is no batch {0}.", "values": ["7"]}</c>, a value being a text or a sentence itself.
/// </summary>
internal sealed class KeptSentence : JsonConverter<Sentence>
{
    private const string Form = "sentence", Values = "values";

    /// <summary>How the outcome of a job is kept.</summary>
    public static JsonSerializerOptions Options { get; } = new(ApiJson.Options) { Converters = { new KeptSentence() } };

    /// <summary>What came out of a job, for an answer in the language of the texts.</summary>
    public static Job In(Job job, Text texts) =>
        job.Outcome is { } outcome && outcome.GetRawText().Contains($"\"{Form}\"", StringComparison.Ordinal) ? job with { Outcome = JsonSerializer.SerializeToElement(Said(JsonNode.Parse(outcome.GetRawText()), texts), ApiJson.Options) } : job;

    /// <inheritdoc/>
    public override Sentence Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Of(JsonNode.Parse(ref reader)!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Sentence value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(Form, value.Form);
        writer.WriteStartArray(Values);
        foreach (var one in value.Values)
        {
            if (one is Sentence part) Write(writer, part, options);
            else writer.WriteStringValue((string)one);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static bool IsOne(JsonNode? node) => node is JsonObject { Count: 2 } both && both[Form] is JsonValue && both[Values] is JsonArray;

    /// <summary>A text is a sentence of an outcome that an earlier version kept.</summary>
    private static Sentence Of(JsonNode node) => IsOne(node)
        ? Sentence.Of((string)node[Form]!, [.. node[Values]!.AsArray().Select(v => IsOne(v) ? Of(v!) : (object)(string)v!)])
        : Sentence.FromString((string)node!);

    private static JsonNode? Said(JsonNode? node, Text texts) => node switch
    {
        _ when IsOne(node) => Of(node!).In(texts),
        JsonObject all => new JsonObject(all.Select(p => KeyValuePair.Create(p.Key, Said(p.Value, texts)))),
        JsonArray all => new JsonArray([.. all.Select(n => Said(n, texts))]),
        _ => node?.DeepClone(),
    };
}
