using System.Text.Json.Serialization;

namespace Yunnao.Services.Identity;

/// <summary>JSON of sealed rows, generated at build time.</summary>
[JsonSerializable(typeof(SealedIdentity))]
internal sealed partial class SealedJson : JsonSerializerContext;
