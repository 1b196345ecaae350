using System.Globalization;
using System.Text.Json;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>Looks into resources by plain paths such as <c>code.coding.code</c>; of arrays every element.</summary>
internal static class FhirJson
{
    public static IEnumerable<JsonElement> At(JsonElement from, string path)
    {
        IEnumerable<JsonElement> found = [from];
        foreach (var step in path.Split('.'))
            found = found.SelectMany(f => f.ValueKind == JsonValueKind.Object && f.TryGetProperty(step, out var next) ? next.ValueKind == JsonValueKind.Array ? [.. next.EnumerateArray()] : new[] { next } : []);
        return found;
    }

    public static string? Text(JsonElement from, string path) => At(from, path).Select(v => v.ValueKind == JsonValueKind.String ? v.GetString() : v.GetRawText()).FirstOrDefault();

    /// <summary>The id that a resource had where it came from: of Synthea's also its number.</summary>
    public static string Number(JsonElement written) => Text(written, "identifier.value")!;

    /// <summary>A time as the wall clock reads, to the second: what the lake keeps.</summary>
    public static string? Clock(string? time) => time is null ? null : time.Length <= 10 ? time : time[..19];

    public static DateTime Moment(string time) => DateTime.Parse(Clock(time)!, CultureInfo.InvariantCulture);
}
