using System.Text.Json.Nodes;

namespace Yunnao.Services.Fhir;

/// <summary>The CapabilityStatement, from the registry: which types there are and how each is searched.</summary>
internal static class FhirCapability
{
    private const string OauthUris = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", Services = "http://terminology.hl7.org/CodeSystem/restful-security-service";

    /// <param name="site">Address of the server.</param>
    public static JsonObject Of(ResourceBook book, string site) => new()
    {
        ["resourceType"] = "CapabilityStatement", ["status"] = "active", ["date"] = book.Since, ["kind"] = "instance", ["fhirVersion"] = R4.Version, ["format"] = new JsonArray("application/fhir+json", "json"),
        ["software"] = new JsonObject { ["name"] = "Yunnao", ["version"] = typeof(FhirCapability).Assembly.GetName().Version!.ToString(3) },
        ["implementation"] = new JsonObject { ["description"] = "Data sets of the registry as resources, as the caller's right shows them", ["url"] = $"{site}/fhir" },
        ["rest"] = new JsonArray(new JsonObject
        {
            ["mode"] = "server", ["documentation"] = "What for is said in the header Yunnao-Purpose; without it, the one purpose of the caller's role. Parameters that are not understood are refused unless Prefer says handling=lenient.",
            ["security"] = new JsonObject
            {
                ["cors"] = false, ["service"] = new JsonArray(new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = Services, ["code"] = "OAuth" }), ["text"] = "OAuth2" }),
                ["extension"] = new JsonArray(new JsonObject { ["url"] = OauthUris, ["extension"] = new JsonArray(Uri("token", $"{site}/connect/token"), Uri("authorize", $"{site}/connect/authorize")) }),
            },
            ["resource"] = new JsonArray([.. book.Types.Select(Resource)]),
        }),
    };

    /// <summary>What clients of SMART look for (SMART App Launch 2.1, 7): where tokens come from.</summary>
    public static JsonObject Smart(string site) => new()
    {
        ["issuer"] = $"{site}/", ["jwks_uri"] = $"{site}/.well-known/jwks", ["authorization_endpoint"] = $"{site}/connect/authorize", ["token_endpoint"] = $"{site}/connect/token", ["grant_types_supported"] = new JsonArray("authorization_code", "client_credentials"),
        ["scopes_supported"] = new JsonArray("openid", "yunnao"), ["response_types_supported"] = new JsonArray("code"), ["code_challenge_methods_supported"] = new JsonArray("S256"),
        ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic", "client_secret_post"), ["capabilities"] = new JsonArray("client-public", "client-confidential-symmetric"),
    };

    private static JsonObject Uri(string name, string address) => new() { ["url"] = name, ["valueUri"] = address };

    private static JsonObject Resource(ResourceType type)
    {
        var resource = new JsonObject
        {
            ["type"] = type.Name, ["documentation"] = $"Rows of {string.Join(", ", type.Sources.Select(s => s.DataSet))}",
            ["interaction"] = new JsonArray(new JsonObject { ["code"] = "read" }, new JsonObject { ["code"] = "search-type" }), ["versioning"] = "versioned", ["conditionalRead"] = "not-match",
            ["searchParam"] = new JsonArray([.. type.Parameters.Select(p => Parameter(type, p))]),
        };
        if (type.Includes.ToArray() is { Length: > 0 } includes) resource["searchInclude"] = new JsonArray([.. includes.Select(i => (JsonNode)i)]);
        if (type.Name == "Patient") resource["operation"] = new JsonArray(new JsonObject { ["name"] = "everything", ["definition"] = "http://hl7.org/fhir/OperationDefinition/Patient-everything" });
        return resource;
    }

    private static JsonObject Parameter(ResourceType type, SearchParameter parameter)
    {
        var json = new JsonObject { ["name"] = parameter.Name, ["type"] = parameter.Kind == SearchKind.Id ? "token" : parameter.Kind.ToString().ToLowerInvariant() };
        if (parameter.Url is { } url) json["definition"] = url;
        if (SearchRequest.OnlyInBody(type, parameter, "") is not null) json["documentation"] = "Its values could tell who somebody is: POST _search only.";
        else if (parameter is { Kind: SearchKind.Reference, FollowsTo: null }) json["documentation"] = "By the number of its institution: :identifier.";
        return json;
    }
}
