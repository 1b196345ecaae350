using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;

namespace Yunnao.Services.Fhir;

/// <summary>The two forms in which resources are given, asked for by <c>_format</c>, else by Accept (FHIR R4, 3.1.0.1.11).</summary>
internal static class FhirForm
{
    public const string Json = "application/fhir+json; charset=utf-8", Xml = "application/fhir+xml; charset=utf-8";

    private static readonly string[] s_json = ["application/fhir+json", "application/json", "application/json+fhir", "text/json", "json"], s_xml = ["application/fhir+xml", "application/xml", "application/xml+fhir", "text/xml", "xml"];

    /// <summary>The content type of the answer; null when neither form will do.</summary>
    public static string? Of(HttpContext http)
    {
        // In an address a plus that is not escaped is a blank.
        if (http.Request.Query["_format"].ToString().Replace(' ', '+') is { Length: > 0 } asked) return Named(asked.Split(';')[0]);
        if (http.Request.GetTypedHeaders().Accept is not { Count: > 0 } accepted) return Json;
        return accepted.Where(a => a.Quality != 0).OrderByDescending(a => a.Quality ?? 1)
            .Select(a => a.MatchesAllTypes || a.MediaType == "application/*" ? Json : a.MediaType == "text/html" ? null : Named(a.MediaType.Value!)).FirstOrDefault(f => f is not null);
    }

    /// <summary>The problem of a caller who wants another form.</summary>
    public static Problem Unknown(HttpContext http) =>
        new(ProblemKind.Unsupported, "fhir.format", "Resources are given as application/fhir+json and application/fhir+xml.", new(Path: http.Request.Query.ContainsKey("_format") ? "_format" : "Accept"));

    /// <summary>Writes a resource in the form that is asked for, JSON where that is neither.</summary>
    /// <param name="json">The resource as UTF-8 JSON.</param>
    public static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        var (request, response) = (http.Request, http.Response);
        response.ContentType = Of(http) ?? Json;
        var body = response.ContentType == Xml ? FhirXml.Of(json) : json;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Method)) await response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
    }

    private static string? Named(string name) =>
        s_json.Contains(name, StringComparer.OrdinalIgnoreCase) ? Json : s_xml.Contains(name, StringComparer.OrdinalIgnoreCase) ? Xml : null;
}
