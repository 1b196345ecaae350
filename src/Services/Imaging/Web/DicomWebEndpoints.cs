using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Yunnao.Services.Imaging.Web;

/// <summary>The DICOMweb services of an archive (PS3.18): studies (QIDO-RS, WADO-RS, STOW-RS) and WADO-URI. Who may use them is put on the group by the host.</summary>
public static class DicomWebEndpoints
{
    /// <summary>Maps all endpoints.</summary>
    /// <returns>The group, for the host to require its rights on.</returns>
    public static RouteGroupBuilder MapDicomWeb(this IEndpointRouteBuilder routes, ImageArchive archive, DicomWebOptions options)
    {
        var group = routes.MapGroup("");
        var search = new SearchEndpoints(archive, options);
        var retrieve = new RetrieveEndpoints(archive, options);
        var frames = new FrameEndpoints(archive);
        var render = new RenderEndpoints(archive, retrieve, options);
        var store = new StoreEndpoints(archive, options);
        var root = options.Root;
        const string Study = "/studies/{study}";
        const string Series = Study + "/series/{series}";
        const string Instance = Series + "/instances/{instance}";

        group.MapGet(root + "/studies", search.StudiesAsync);
        group.MapGet(root + "/series", search.SeriesAsync);
        group.MapGet(root + "/instances", search.InstancesAsync);
        group.MapGet(root + Study + "/series", search.SeriesAsync);
        group.MapGet(root + Study + "/instances", search.InstancesAsync);
        group.MapGet(root + Series + "/instances", search.InstancesAsync);

        group.MapPost(root + "/studies", store.StoreAsync);
        group.MapPost(root + Study, store.StoreAsync);

        group.MapGet(root + Study, retrieve.FilesAsync);
        group.MapGet(root + Series, retrieve.FilesAsync);
        group.MapGet(root + Instance, retrieve.FilesAsync);
        group.MapGet(root + Study + "/metadata", retrieve.MetadataAsync);
        group.MapGet(root + Series + "/metadata", retrieve.MetadataAsync);
        group.MapGet(root + Instance + "/metadata", retrieve.MetadataAsync);
        group.MapGet(root + Instance + "/bulkdata/{**path}", retrieve.BulkDataAsync);

        group.MapGet(root + Instance + "/frames/{frames}", frames.FramesAsync);
        group.MapGet(root + Study + "/rendered", render.RenderedAsync);
        group.MapGet(root + Series + "/rendered", render.RenderedAsync);
        group.MapGet(root + Instance + "/rendered", render.RenderedAsync);
        group.MapGet(root + Instance + "/frames/{frames}/rendered", render.RenderedAsync);
        group.MapGet(root + Study + "/thumbnail", render.ThumbnailAsync);
        group.MapGet(root + Series + "/thumbnail", render.ThumbnailAsync);
        group.MapGet(root + Instance + "/thumbnail", render.ThumbnailAsync);
        group.MapGet(root + Instance + "/frames/{frames}/thumbnail", render.ThumbnailAsync);

        group.MapGet(options.WadoUri, new WadoUriEndpoint(archive, retrieve, render).GetAsync);
        return group;
    }

    /// <summary>A UID of the path; null when the path has none of this name. A text that is no UID matches nothing.</summary>
    internal static string? Uid(HttpContext http, string name) => http.Request.RouteValues.TryGetValue(name, out var value) ? value as string : null;

    /// <summary>The address of the services, as the caller reaches them.</summary>
    internal static string BaseUrl(HttpContext http, DicomWebOptions options) =>
        options.PublicUrl ?? $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{options.Root}";

    /// <summary>Refuses a request, with a text that says what to do.</summary>
    internal static Task RefuseAsync(HttpContext http, int status, string code, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        return http.Response.WriteAsJsonAsync(new { status, code, detail = message }, (System.Text.Json.JsonSerializerOptions?)null, "application/problem+json", http.RequestAborted);
    }
}
