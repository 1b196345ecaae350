using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Yunnao.Server.Connect;
using Yunnao.Services.Web;

namespace Yunnao.Server.Hosting;

/// <summary>The OpenAPI description: what each endpoint takes and gives, and which duty it needs.</summary>
internal static class ApiDescription
{
    /// <summary>The name of the one document.</summary>
    public const string Document = "v1";

    private const string Scheme = "oauth2";

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(Document, options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Yunnao", Version = "v1", Description = "The interfaces of the health data platform. A token comes from POST /connect/token." };
            document.Components ??= new();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Flows = new()
                {
                    ClientCredentials = new() { TokenUrl = new("/connect/token", UriKind.Relative), Scopes = new Dictionary<string, string> { [ConnectOptions.ApiScope] = "the interfaces" } },
                    AuthorizationCode = new() { AuthorizationUrl = new("/connect/authorize", UriKind.Relative), TokenUrl = new("/connect/token", UriKind.Relative), Scopes = new Dictionary<string, string> { [ConnectOptions.ApiScope] = "the interfaces" } },
                },
            };
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer<DataSetDescription>();
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Duty>().FirstOrDefault() is not { } duty) return Task.CompletedTask;
            operation.Description = $"{operation.Description} Needs the duty {duty.Id}{(duty.Roles.Length == 0 ? "" : $" (roles: {string.Join(", ", duty.Roles)})")}.".Trim();
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [ConnectOptions.ApiScope] }];
            return Task.CompletedTask;
        });
    });

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
