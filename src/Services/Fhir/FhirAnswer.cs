using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Yunnao.Services.Fhir;

/// <summary>A resource as an answer, in the form that is asked for; of a single one with the version of its record as ETag.</summary>
internal sealed class FhirAnswer(FhirPage page) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.Headers.Vary = "Accept, Authorization, Yunnao-Purpose";
        if (page.Version is { } version)
        {
            var tag = new EntityTagHeaderValue($"\"{version}\"", isWeak: true);
            var head = response.GetTypedHeaders();
            (head.ETag, head.CacheControl) = (tag, new() { Private = true, NoCache = true });
            head.LastModified = page.Updated;
            if (IsKnown(request.GetTypedHeaders(), tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        await FhirForm.WriteAsync(httpContext, page.Body).ConfigureAwait(false);
    }

    /// <summary>True when the caller has this version: the tag decides where one is sent, else the moment (RFC 9110, 13.2.2).</summary>
    private bool IsKnown(Microsoft.AspNetCore.Http.Headers.RequestHeaders asked, EntityTagHeaderValue tag) => asked.IfNoneMatch.Count > 0
        ? asked.IfNoneMatch.Any(t => t.Compare(tag, useStrongComparison: false) || t == EntityTagHeaderValue.Any)
        : page.Updated is { } updated && asked.IfModifiedSince is { } since && since.UtcDateTime >= updated.AddTicks(-(updated.Ticks % TimeSpan.TicksPerSecond));
}
