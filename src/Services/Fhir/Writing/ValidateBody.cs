using System.Text.Json;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>What <c>$validate</c> is sent (FHIR R4, Resource-validate): the resource, or Parameters around it.</summary>
internal static class ValidateBody
{
    /// <summary>The resource's bytes. What is no Parameters with a resource is given back as it is, for the reader to judge.</summary>
    /// <param name="profiles">Takes the profiles that Parameters name.</param>
    public static byte[] Of(byte[] body, List<string> profiles)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("resourceType", out var type) || !type.ValueEquals("Parameters") || !root.TryGetProperty("parameter", out var given) || given.ValueKind != JsonValueKind.Array) return body;
            byte[]? resource = null;
            foreach (var parameter in given.EnumerateArray().Where(p => p.ValueKind == JsonValueKind.Object && p.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String))
            {
                switch (parameter.GetProperty("name").GetString())
                {
                    case "resource" when parameter.TryGetProperty("resource", out var sent): resource = System.Text.Encoding.UTF8.GetBytes(sent.GetRawText()); break;
                    case "profile": profiles.AddRange(parameter.EnumerateObject().Where(p => p.Name is "valueUri" or "valueCanonical" && p.Value.ValueKind == JsonValueKind.String).Select(p => p.Value.GetString()!)); break;
                }
            }

            return resource ?? body;
        }
        catch (JsonException)
        {
            return body;
        }
    }
}
