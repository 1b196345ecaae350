using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Yunnao.Services.Fhir;

/// <summary>The manifest of an export of resources, with the moment at which its files are removed.</summary>
internal sealed class FhirManifest(JsonObject manifest, DateTimeOffset expires) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.GetTypedHeaders().Expires = expires;
        await httpContext.Response.WriteAsJsonAsync(manifest, FhirText.Options, "application/json", httpContext.RequestAborted).ConfigureAwait(false);
    }
}
