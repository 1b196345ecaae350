using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Yunnao.Services.Fhir;

/// <summary>A resource as an answer; of a single one with the version of its record as ETag.</summary>
internal sealed class FhirAnswer(FhirPage page) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.ContentType = OperationOutcome.ContentType;
        response.Headers.Vary = "Accept, Authorization, Yunnao-Purpose";
        if (page.Version is { } version)
        {
            var tag = new EntityTagHeaderValue($"\"{version}\"", isWeak: true);
            var head = response.GetTypedHeaders();
            (head.ETag, head.CacheControl) = (tag, new() { Private = true, NoCache = true });
            if (request.GetTypedHeaders().IfNoneMatch.Any(t => t.Compare(tag, useStrongComparison: false) || t == EntityTagHeaderValue.Any))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.ContentLength = page.Body.Length;
        if (!HttpMethods.IsHead(request.Method)) await response.Body.WriteAsync(page.Body, httpContext.RequestAborted).ConfigureAwait(false);
    }
}
