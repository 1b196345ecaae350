using System.Text.Json;
using System.Text.Json.Serialization;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Web;

/// <summary>JSON as the interfaces speak it: snake_case names, words for enumerations, Chinese as it is, nothing for null.</summary>
public static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Set(new(JsonSerializerDefaults.Web));

    /// <summary>Gives serializer options this form.</summary>
    public static JsonSerializerOptions Set(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Encoder = JsonText.Encoder;
        options.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        return options;
    }
}
