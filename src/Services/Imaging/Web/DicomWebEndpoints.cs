using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Imaging.Web;

/// <summary>The DICOMweb services of an archive (PS3.18): studies (QIDO-RS, WADO-RS, STOW-RS) and WADO-URI. Who may use them is put on the group by the host.</summary>
public static class DicomWebEndpoints
{
    private const string Purpose = "purpose";

    /// <summary>Maps all endpoints for whoever reaches them: nothing is hidden, and every reading is in the audit.</summary>
    /// <returns>The group, for the host to require something of callers.</returns>
    public static IEndpointConventionBuilder MapDicomWeb(this IEndpointRouteBuilder routes, ImageArchive archive, AuditLog audit, DicomWebOptions options) =>
        Map(routes, new OpenDoor(archive, options.Organisation, audit, TimeProvider.System), options, (group, _) => group);

    /// <summary>
    /// Maps all endpoints under the platform's rights: the purpose is part of the address (<c>/dicom-web/care/studies</c>), so that a viewer needs
    /// no header but its token.
    /// </summary>
    public static void MapImages(this IEndpointRouteBuilder routes, GuardedDoor door, PictureWriter? pictures) => Map(
        routes, door, new() { Root = "/dicom-web/{" + Purpose + "}", WadoUri = "/wado/{" + Purpose + "}", Pictures = pictures },
        (endpoint, stores) => endpoint.Needs(stores ? Duty.StoreImages : Duty.ReadImages));

    private static RouteGroupBuilder Map(IEndpointRouteBuilder routes, IImageDoor door, DicomWebOptions options, Func<IEndpointConventionBuilder, bool, IEndpointConventionBuilder> guard)
    {
        var group = routes.MapGroup("");
        var search = new SearchEndpoints(options);
        var retrieve = new RetrieveEndpoints(options);
        var render = new RenderEndpoints(options);
        var store = new StoreEndpoints(options);
        const string Study = "/studies/{study}";
        const string Series = Study + "/series/{series}";
        const string Instance = Series + "/instances/{instance}";

        Read("/studies", search.StudiesAsync);
        Read("/series", search.SeriesAsync);
        Read("/instances", search.InstancesAsync);
        Read(Study + "/series", search.SeriesAsync);
        Read(Study + "/instances", search.InstancesAsync);
        Read(Series + "/instances", search.InstancesAsync);

        Store("/studies");
        Store(Study);

        Read(Study, retrieve.FilesAsync);
        Read(Series, retrieve.FilesAsync);
        Read(Instance, retrieve.FilesAsync);
        Read(Study + "/metadata", retrieve.MetadataAsync);
        Read(Series + "/metadata", retrieve.MetadataAsync);
        Read(Instance + "/metadata", retrieve.MetadataAsync);
        Read(Instance + "/bulkdata/{**path}", RetrieveEndpoints.BulkDataAsync);

        Read(Instance + "/frames/{frames}", FrameEndpoints.FramesAsync);
        Read(Study + "/rendered", render.RenderedAsync);
        Read(Series + "/rendered", render.RenderedAsync);
        Read(Instance + "/rendered", render.RenderedAsync);
        Read(Instance + "/frames/{frames}/rendered", render.RenderedAsync);
        Read(Study + "/thumbnail", render.ThumbnailAsync);
        Read(Series + "/thumbnail", render.ThumbnailAsync);
        Read(Instance + "/thumbnail", render.ThumbnailAsync);
        Read(Instance + "/frames/{frames}/thumbnail", render.ThumbnailAsync);

        guard(group.MapGet(options.WadoUri, Entered(door, http => http.Request.Query["studyUID"].ToString(), new WadoUriEndpoint(render).GetAsync)), false);
        return group;

        void Read(string pattern, Func<HttpContext, ArchiveView, Task> serve) => guard(group.MapGet(options.Root + pattern, Entered(door, http => Uid(http, "study"), serve)), false);

        void Store(string pattern) => guard(
            group.MapPost(options.Root + pattern, async http =>
            {
                if ((await door.StoreAsync(http).ConfigureAwait(false)).Try(out var origin, out var problem)) await store.StoreAsync(http, origin).ConfigureAwait(false);
                else await RefuseAsync(http, problem).ConfigureAwait(false);
            }),
            true);
    }

    /// <summary>An endpoint that sees the archive as the door lets its caller.</summary>
    private static RequestDelegate Entered(IImageDoor door, Func<HttpContext, string?> study, Func<HttpContext, ArchiveView, Task> serve) => async http =>
    {
        if ((await door.ReadAsync(http, study(http)).ConfigureAwait(false)).Try(out var view, out var problem)) await serve(http, view).ConfigureAwait(false);
        else await RefuseAsync(http, problem).ConfigureAwait(false);
    };

    /// <summary>A UID of the path; null when the path has none of this name. A text that is no UID matches nothing.</summary>
    internal static string? Uid(HttpContext http, string name) => http.Request.RouteValues.TryGetValue(name, out var value) ? value as string : null;

    /// <summary>The address of the services, as the caller reaches them.</summary>
    internal static string BaseUrl(HttpContext http, DicomWebOptions options) => options.PublicUrl
        ?? $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{options.Root.Replace("{" + Purpose + "}", Uid(http, Purpose), StringComparison.Ordinal)}";

    /// <summary>The purpose that the address names.</summary>
    internal static string PurposeOf(HttpContext http) => Uid(http, Purpose) ?? "";

    /// <summary>Refuses a request for what it lacks.</summary>
    internal static Task RefuseAsync(HttpContext http, Problem problem) => new ProblemAnswer(problem).ExecuteAsync(http);

    /// <summary>Refuses a request, with a text that says what to do.</summary>
    internal static Task RefuseAsync(HttpContext http, int status, string code, Sentence message) =>
        new ProblemAnswer(new(status switch { 404 => ProblemKind.NotFound, 406 or 415 => ProblemKind.Unsupported, _ => ProblemKind.Incorrect }, code, message)) { Status = status }.ExecuteAsync(http);
}
