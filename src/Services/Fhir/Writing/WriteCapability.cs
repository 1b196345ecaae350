using System.Text.Json.Nodes;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>What the CapabilityStatement says of writing.</summary>
internal static class WriteCapability
{
    private const string Kept = " Written: what the registry maps of a resource becomes rows and is given back; the resource as it was sent is landed and kept, and not shown.";

    /// <summary>Adds it to a statement.</summary>
    public static JsonObject Add(JsonObject statement)
    {
        var rest = statement["rest"]![0]!;
        foreach (var code in new[] { "transaction", "batch" }) Append(rest, "interaction", new JsonObject { ["code"] = code });
        Append(rest, "operation", new JsonObject { ["name"] = "import", ["definition"] = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/import" });
        foreach (var resource in rest["resource"]!.AsArray())
        {
            foreach (var code in new[] { "create", "update" }) Append(resource!, "interaction", new JsonObject { ["code"] = code });
            Append(resource!, "operation", new JsonObject { ["name"] = "validate", ["definition"] = "http://hl7.org/fhir/OperationDefinition/Resource-validate" });
            (resource!["conditionalCreate"], resource["conditionalUpdate"], resource["updateCreate"]) = (true, true, true);
            resource["referencePolicy"] = new JsonArray("literal", "local", "enforced");
            resource["documentation"] = $"{resource["documentation"]}.{Kept}";
        }

        return statement;
    }

    private static void Append(JsonNode to, string name, JsonObject one)
    {
        if (to[name] is JsonArray there) there.Add(one);
        else to[name] = new JsonArray(one);
    }
}
