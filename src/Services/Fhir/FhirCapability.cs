using System.Text.Json.Nodes;
using Yunnao.Services.Fhir.Profiles;

namespace Yunnao.Services.Fhir;

/// <summary>The CapabilityStatement, from the registry: which types there are and how each is searched.</summary>
internal static class FhirCapability
{
    /// <summary>What is looked for in the vault: see <see cref="PatientByIdentity"/>.</summary>
    private static readonly (string Name, string Type, string Definition)[] s_ofVault =
        [("identifier", "token", "Patient-identifier"), ("name", "string", "Patient-name"), ("family", "string", "individual-family"), ("given", "string", "individual-given")];

    private const string BulkData = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/";
    private const string OauthUris = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", Services = "http://terminology.hl7.org/CodeSystem/restful-security-service";

    /// <param name="site">Address of the server.</param>
    public static JsonObject Of(ResourceBook book, ProfileBook profiles, string site) => new()
    {
        ["resourceType"] = "CapabilityStatement", ["status"] = "active", ["date"] = book.Since, ["kind"] = "instance", ["fhirVersion"] = R4.Version, ["format"] = new JsonArray("application/fhir+json", "application/fhir+xml", "json", "xml"),
        ["software"] = new JsonObject { ["name"] = "Yunnao", ["version"] = typeof(FhirCapability).Assembly.GetName().Version!.ToString(3) },
        ["implementation"] = new JsonObject { ["description"] = "Data sets of the registry as resources, as the caller's right shows them", ["url"] = $"{site}/fhir" },
        ["rest"] = new JsonArray(new JsonObject
        {
            ["mode"] = "server", ["documentation"] = "What for is said in the header Yunnao-Purpose; without it, the one purpose of the caller's role. Parameters that are not understood are refused unless Prefer says handling=lenient.",
            ["security"] = new JsonObject
            {
                ["cors"] = true, ["service"] = new JsonArray(new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = Services, ["code"] = "SMART-on-FHIR" }), ["text"] = "OAuth2 with scopes of SMART" }),
                ["extension"] = new JsonArray(new JsonObject { ["url"] = OauthUris, ["extension"] = new JsonArray(Uri("token", $"{site}/connect/token"), Uri("authorize", $"{site}/connect/authorize")) }),
            },
            ["resource"] = new JsonArray([.. book.Types.Select(t => Resource(book, profiles, t))]),
            ["interaction"] = Interactions("history-system"),
            ["operation"] = new JsonArray(Operation("export", $"{BulkData}export"), Operation("viewdefinition-run", "http://sql-on-fhir.org/OperationDefinition/$viewdefinition-run")),
        }),
    };

    /// <summary>What clients of SMART look for (SMART App Launch 2.1, 7): where tokens come from.</summary>
    public static JsonObject Smart(string site) => new()
    {
        ["issuer"] = $"{site}/", ["jwks_uri"] = $"{site}/.well-known/jwks", ["authorization_endpoint"] = $"{site}/connect/authorize", ["token_endpoint"] = $"{site}/connect/token", ["revocation_endpoint"] = $"{site}/connect/revoke", ["introspection_endpoint"] = $"{site}/connect/introspect",
        ["grant_types_supported"] = new JsonArray("authorization_code", "refresh_token", "client_credentials"),
        ["scopes_supported"] = new JsonArray("openid", "profile", "fhirUser", "launch", "launch/patient", "offline_access", "online_access", "patient/*.rs", "user/*.rs", "system/*.rs", "patient/*.read", "user/*.read", "system/*.read", "yunnao"),
        ["response_types_supported"] = new JsonArray("code"), ["code_challenge_methods_supported"] = new JsonArray("S256"),
        ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic", "client_secret_post", "private_key_jwt"), ["token_endpoint_auth_signing_alg_values_supported"] = new JsonArray("RS384", "ES384"),
        ["capabilities"] = new JsonArray(
            "launch-ehr", "launch-standalone", "client-public", "client-confidential-symmetric", "client-confidential-asymmetric", "sso-openid-connect", "context-ehr-patient", "context-ehr-encounter", "context-standalone-patient",
            "permission-offline", "permission-online", "permission-patient", "permission-user", "permission-v1", "permission-v2"),
    };

    private static JsonObject Uri(string name, string address) => new() { ["url"] = name, ["valueUri"] = address };

    private static JsonObject Operation(string name, string definition) => new() { ["name"] = name, ["definition"] = definition };

    private static JsonArray Interactions(params string[] codes) => [.. codes.Select(c => new JsonObject { ["code"] = c })];

    private static JsonObject Resource(ResourceBook book, ProfileBook profiles, ResourceType type)
    {
        var resource = new JsonObject
        {
            ["type"] = type.Name, ["profile"] = $"http://hl7.org/fhir/StructureDefinition/{type.Name}", ["documentation"] = $"Rows of {string.Join(", ", type.Sources.Select(s => s.DataSet))}",
            ["interaction"] = Interactions("read", "vread", "search-type", "history-instance", "history-type"), ["versioning"] = "versioned", ["readHistory"] = true, ["conditionalRead"] = "full-support",
            ["searchParam"] = new JsonArray([.. type.Parameters.Select(p => Parameter(type, p)), .. type.Name == "Patient" ? s_ofVault.Select(OfVault) : []]),
        };
        if (profiles.Of(type.Name).ToArray() is { Length: > 0 } supported) resource["supportedProfile"] = new JsonArray([.. supported.Select(p => (JsonNode)p)]);
        if (type.Includes.ToArray() is { Length: > 0 } includes) resource["searchInclude"] = new JsonArray([.. includes.Select(i => (JsonNode)i)]);
        if (book.ReverseIncludes(type).ToArray() is { Length: > 0 } reverse) resource["searchRevInclude"] = new JsonArray([.. reverse.Select(i => (JsonNode)i)]);
        if (type.Name == "Patient") resource["operation"] = new JsonArray(Operation("everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"), Operation("export", $"{BulkData}patient-export"));
        return resource;
    }

    private static JsonObject OfVault((string Name, string Type, string Definition) parameter) => new()
    {
        ["name"] = parameter.Name, ["type"] = parameter.Type, ["definition"] = $"http://hl7.org/fhir/SearchParameter/{parameter.Definition}",
        ["documentation"] = "In a form sent to _search, never in an address, where the right says that a person may be found (identity)",
    };

    private static JsonObject Parameter(ResourceType type, SearchParameter parameter)
    {
        var json = new JsonObject { ["name"] = parameter.Name, ["type"] = parameter.Kind switch { SearchKind.Id => "token", SearchKind.Updated => "date", var kind => kind.ToString().ToLowerInvariant() } };
        if (parameter.Url is { } url) json["definition"] = url;
        if (SearchRequest.OnlyInBody(type, parameter, "") is not null) json["documentation"] = "Its values could tell who somebody is: POST _search only.";
        else if (parameter is { Kind: SearchKind.Reference, FollowsTo: null }) json["documentation"] = "By the number of its institution: :identifier.";
        return json;
    }
}
