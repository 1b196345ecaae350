using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Serves a built OHIF viewer (npm package @ohif/app, folder dist) beside DICOMweb, configured for this archive.</summary>
internal static class ViewerSite
{
    public static void Use(WebApplication app, string folder, DicomWebOptions options)
    {
        var files = new PhysicalFileProvider(Path.GetFullPath(folder));
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".wasm"] = "application/wasm";
        app.Use(async (http, next) =>
        {
            // The decoders of the viewer share memory between threads, which browsers allow under these two only.
            http.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
            http.Response.Headers["Cross-Origin-Embedder-Policy"] = "require-corp";
            var path = http.Request.Path.Value ?? "/";
            if (path.StartsWith(options.Root, StringComparison.Ordinal) || path.StartsWith(options.WadoUri, StringComparison.Ordinal))
            {
                await next(http).ConfigureAwait(false);
                return;
            }

            if (path == "/app-config.js")
            {
                http.Response.ContentType = "text/javascript";
                await http.Response.WriteAsync(Configuration(options), http.RequestAborted).ConfigureAwait(false);
                return;
            }

            // The pages of the viewer are all made by index.html.
            var file = files.GetFileInfo(path);
            if (!file.Exists || file.IsDirectory) file = files.GetFileInfo("index.html");
            http.Response.ContentType = types.TryGetContentType(file.Name, out var type) ? type : "application/octet-stream";
            http.Response.ContentLength = file.Length;
            await http.Response.SendFileAsync(file, http.RequestAborted).ConfigureAwait(false);
        });
    }

    private static string Configuration(DicomWebOptions options) => $$"""
        window.config = {
          routerBasename: '/', extensions: [], modes: [], showStudyList: true, maxNumberOfWebWorkers: 2,
          showWarningMessageForCrossOrigin: false, showCPUFallbackMessage: false, showLoadingIndicator: true, strictZSpacingForVolumeViewport: true,
          investigationalUseDialog: { option: 'never' }, defaultDataSourceName: 'yunnao',
          dataSources: [{
            namespace: '@ohif/extension-default.dataSourcesModule.dicomweb', sourceName: 'yunnao',
            configuration: {
              friendlyName: 'Yunnao', name: 'yunnao', wadoUriRoot: '{{options.WadoUri}}', qidoRoot: '{{options.Root}}', wadoRoot: '{{options.Root}}',
              qidoSupportsIncludeField: true, imageRendering: 'wadors', thumbnailRendering: 'wadors', enableStudyLazyLoad: true,
              supportsFuzzyMatching: true, supportsWildcard: true, staticWado: false, singlepart: 'bulkdata,video',
              bulkDataURI: { enabled: true, relativeResolution: 'studies' },
            },
          }],
        };
        """;
}
