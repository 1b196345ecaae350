using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Yunnao.Kernel;
using Yunnao.Server.Connect;
using Yunnao.Server.Pages;
using Yunnao.Services.Web;

namespace Yunnao.Server.Hosting;

/// <summary>The OpenAPI description: what each endpoint takes and gives, and which duty it needs.</summary>
internal static class ApiDescription
{
    /// <summary>The name of the one document.</summary>
    public const string Document = "v1";

    private const string Scheme = "oauth2";

    public static void AddApiDescription(this IServiceCollection services) => services.AddHttpContextAccessor().AddOpenApi(Document, options =>
    {
        options.AddDocumentTransformer((document, context, _) =>
        {
            var text = TextOf(context.ApplicationServices);
            var scopes = new Dictionary<string, string> { [ConnectOptions.ApiScope] = text["api.scope"] };
            document.Info = new() { Title = text["pages.product"], Version = "v1", Description = text["api.description"] };

            // Whatever name the server is called by, its interfaces are where the description came from.
            document.Servers = [new() { Url = "/" }];
            document.Components ??= new();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Flows = new()
                {
                    ClientCredentials = new() { TokenUrl = new("/connect/token", UriKind.Relative), Scopes = scopes },
                    AuthorizationCode = new() { AuthorizationUrl = new("/connect/authorize", UriKind.Relative), TokenUrl = new("/connect/token", UriKind.Relative), Scopes = scopes },
                },
            };
            return Task.CompletedTask;
        });
        // A sentence is a text like any other.
        options.CreateSchemaReferenceId = type => type.Type == typeof(Sentence) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(Sentence)) (schema.Type, schema.Description) = (JsonSchemaType.String, null);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer<DataSetDescription>();
        options.AddDocumentTransformer((document, context, _) =>
        {
            // The name of a group is part of addresses within the page; what is shown of it is in the reader's language.
            var text = TextOf(context.ApplicationServices);
            foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
                if (text.Find($"api.tag.{tag.Name}") is { } shown) (tag.Extensions ??= new Dictionary<string, IOpenApiExtension>())["x-displayName"] = new JsonNodeExtension(shown);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, context, _) =>
        {
            var text = TextOf(context.ApplicationServices);
            foreach (var schema in document.Components?.Schemas?.Values ?? []) Tell(schema, text);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var text = TextOf(context.ApplicationServices);
            operation.Summary = Told(operation.Summary, text);
            operation.Description = Told(operation.Description, text);
            foreach (var response in operation.Responses?.Values.OfType<OpenApiResponse>() ?? []) response.Description = Told(response.Description, text);
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<BodyExample>().FirstOrDefault() is { } shown && operation.RequestBody?.Content?[MediaTypeNames.Application.Json] is OpenApiMediaType body)
                body.Example = JsonNode.Parse(shown.Json);
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Duty>().FirstOrDefault() is { } duty) Guard(operation, duty, context.Document, text);
            return Task.CompletedTask;
        });
    });

    /// <summary>Says that an operation needs a token, and which duty.</summary>
    public static void Guard(OpenApiOperation operation, Duty duty, OpenApiDocument? document, Text text)
    {
        operation.Description = $"{operation.Description}\n\n{(duty.Roles.Length == 0 ? text.Format("api.duty", duty.Id) : text.Format("api.duty.roles", duty.Id, string.Join(", ", duty.Roles)))}".Trim();
        operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [ConnectOptions.ApiScope] }];
    }

    /// <summary>The texts of whoever reads the description: of <c>?lang=</c>, else of the last choice, else of Accept-Language; English where nobody asks.</summary>
    public static Text TextOf(IServiceProvider services) => Page.TextOf(services.GetRequiredService<IHttpContextAccessor>().HttpContext ?? new DefaultHttpContext());

    /// <summary>Has a schema and its parts described in the language of the texts.</summary>
    private static void Tell(IOpenApiSchema? schema, Text text)
    {
        if (schema is OpenApiSchemaReference reference) reference.Reference.Description = Told(reference.Reference.Description, text);
        if (schema is not OpenApiSchema own) return;
        own.Description = Told(own.Description, text);
        foreach (var part in (IEnumerable<IOpenApiSchema>)[.. own.Properties?.Values ?? [], .. own.OneOf ?? [], .. own.AnyOf ?? [], .. own.AllOf ?? []]) Tell(part, text);
        Tell(own.Items, text);
        Tell(own.AdditionalProperties, text);
    }

    /// <summary>What an endpoint or a schema says of itself in English, in the language of the texts; as it is where they lack it.</summary>
    private static string? Told(string? english, Text text) => english is null ? null : text.Find($"api: {string.Join(' ', english.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}") ?? english;

    /// <summary>The page that shows descriptions takes any name of a document; here it shows <paramref name="document"/> and nothing else.</summary>
    public static void OnlyDocument(this IEndpointConventionBuilder reference, string document) => reference.Add(endpoint =>
    {
        var shown = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = http =>
        {
            if (http.GetRouteValue("documentName") is not string name || name == document) return shown(http);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
    });
}
