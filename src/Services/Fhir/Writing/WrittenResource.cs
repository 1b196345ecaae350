using Microsoft.AspNetCore.Http;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>A resource as the answer to a write, in the form that is asked for.</summary>
/// <param name="json">The resource as UTF-8 JSON.</param>
internal sealed class WrittenResource(ReadOnlyMemory<byte> json, int status) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        return FhirForm.WriteAsync(httpContext, json);
    }
}
