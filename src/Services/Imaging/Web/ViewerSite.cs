using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Yunnao.Services.Imaging.Web;

/// <summary>
/// A built OHIF viewer beside DICOMweb, configured for this archive. Its files are found by their names at the root, for so the package is
/// built. They are a program and hold nothing of patients: everybody may have them; what the program asks for is guarded as ever.
/// </summary>
public static partial class ViewerSite
{
    /// <summary>Maps the files that nothing else is mapped to.</summary>
    public static void MapViewer(this IEndpointRouteBuilder routes, ViewerOptions options)
    {
        var files = new PhysicalFileProvider(Path.GetFullPath(options.Folder));
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".wasm"] = "application/wasm";
        var (configuration, policy) = (Encoding.UTF8.GetBytes(Configuration(options)), Policy(Path.Combine(options.Folder, "index.html")));
        routes.MapMethods("/{**path}", [HttpMethods.Get, HttpMethods.Head], ServeAsync).AllowAnonymous().ExcludeFromDescription().WithOrder(int.MaxValue);

        async Task ServeAsync(HttpContext http)
        {
            var path = http.Request.Path.Value ?? "/";
            var file = files.GetFileInfo(path);

            // The pages of the viewer are all made by index.html.
            if (!file.Exists || file.IsDirectory) file = IsPage(path) ? files.GetFileInfo("index.html") : null;
            if (file is null)
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            // The decoders of the viewer share memory between threads, which browsers allow under these two only.
            var headers = http.Response.Headers;
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Embedder-Policy"] = "require-corp";
            headers.ContentSecurityPolicy = policy;
            headers.CacheControl = "no-cache";
            if (path == "/app-config.js") await Results.Bytes(configuration, "text/javascript").ExecuteAsync(http).ConfigureAwait(false);
            else await Results.File(file.PhysicalPath!, types.TryGetContentType(file.Name, out var type) ? type : "application/octet-stream", lastModified: file.LastModified).ExecuteAsync(http).ConfigureAwait(false);
        }

        bool IsPage(string path) => options.Pages.Length > 0
            ? path == options.Pages || path.StartsWith(options.Pages + "/", StringComparison.Ordinal)
            : !options.Sources.Any(s => path.StartsWith(s.DicomWeb + "/", StringComparison.Ordinal) || path.StartsWith(s.WadoUri, StringComparison.Ordinal));
    }

    /// <summary>What the pages may load: what is here and nothing else. The page's own scripts are named by their hashes; WebAssembly and its workers decode images.</summary>
    private static string Policy(string index)
    {
        var scripts = InlineScript().Matches(File.ReadAllText(index)).Select(m => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(m.Groups[1].Value)))}'");
        return $"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {string.Join(' ', scripts)}; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";
    }

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex InlineScript();

    private static string Configuration(ViewerOptions options)
    {
        var settings = new Dictionary<string, object>
        {
            ["routerBasename"] = options.Pages.Length == 0 ? "/" : options.Pages,
            ["extensions"] = Array.Empty<object>(),
            ["modes"] = Array.Empty<object>(),
            ["showStudyList"] = true,
            ["maxNumberOfWebWorkers"] = 2,
            ["showWarningMessageForCrossOrigin"] = false,
            ["showCPUFallbackMessage"] = false,
            ["showLoadingIndicator"] = true,
            ["strictZSpacingForVolumeViewport"] = true,
            ["investigationalUseDialog"] = new { option = "never" },
            ["defaultDataSourceName"] = options.Sources[0].Name,
            ["dataSources"] = options.Sources.Select(Source),
        };
        if (options.SignIn is { } signIn)
        {
            // The viewer puts its pages' path before both addresses.
            settings["oidc"] = new[]
            {
                new Dictionary<string, object>
                {
                    ["authority"] = signIn.Authority.ToString(), ["client_id"] = signIn.ClientId, ["scope"] = signIn.Scope, ["response_type"] = "code",
                    ["redirect_uri"] = "/callback", ["post_logout_redirect_uri"] = "/", ["automaticSilentRenew"] = true, ["revokeAccessTokenOnSignout"] = true,
                },
            };
        }

        return $"window.config = {JsonSerializer.Serialize(settings)};";
    }

    private static object Source(ViewerSource source) => new
    {
        @namespace = "@ohif/extension-default.dataSourcesModule.dicomweb",
        sourceName = source.Name,
        configuration = new
        {
            friendlyName = source.Name,
            name = source.Name,
            wadoUriRoot = source.WadoUri,
            qidoRoot = source.DicomWeb,
            wadoRoot = source.DicomWeb,
            qidoSupportsIncludeField = true,
            imageRendering = "wadors",
            thumbnailRendering = "wadors",
            enableStudyLazyLoad = true,
            supportsFuzzyMatching = true,
            supportsWildcard = true,
            staticWado = false,
            singlepart = "bulkdata,video",
            bulkDataURI = new { enabled = true, relativeResolution = "studies" },
        },
    };
}
