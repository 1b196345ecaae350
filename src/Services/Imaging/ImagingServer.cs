using System.Data.Common;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Dimse;
using Yunnao.Services.Imaging.Web;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Imaging;

/// <summary>
/// Serves one archive alone: DICOM associations, and DICOMweb on the loopback address. Behind the platform's rights DICOMweb is mapped by the
/// server of the platform instead.
/// </summary>
public static class ImagingServer
{
    /// <summary>Serves until cancelled. Problems: <c>imaging.address</c>, <c>imaging.open-door</c>, <c>imaging.no-viewer</c>.</summary>
    /// <param name="gate">Which caller reads what over associations.</param>
    /// <param name="audit">Where reading is noted.</param>
    /// <param name="listening">Told the ports of DICOM and HTTP (null without) once both are open.</param>
    public static async Task<Problem?> RunAsync(ImagingServerOptions options, ImageArchive archive, DimseGate gate, AuditLog audit, Action<int, int?> listening, CancellationToken cancellation)
    {
        if (options.Viewer is { } viewer && !ViewerOptions.IsViewer(viewer)) return new(ProblemKind.NotFound, "imaging.no-viewer", "The folder of the viewer holds no index.html.", new(viewer));

        // No file of the folder in which the program was started is read, nor is that folder watched: with the data below it, each write of an image would wake the watcher.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "yunnao", ContentRootPath = AppContext.BaseDirectory, Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning).AddFilter("Yunnao", LogLevel.Information);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.HttpPort ?? 0);
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            if (options.Viewer is { } site) app.MapViewer(new(site, "", [new("yunnao", options.Web.Root, options.Web.WadoUri)], null));
            app.Use(NoReadingWithoutAudit);
            var group = app.MapDicomWeb(archive, audit, options.Web);
            if (options.Token is { } token)
            {
                group.Add(endpoint =>
                {
                    var serve = endpoint.RequestDelegate!;
                    endpoint.RequestDelegate = http => Admits(http, token) ? serve(http) : Results.Unauthorized().ExecuteAsync(http);
                });
            }

            int? http = null;
            if (options.HttpPort is not null)
            {
                try
                {
                    await app.StartAsync(cancellation).ConfigureAwait(false);
                }
                catch (IOException)
                {
                    return new(ProblemKind.Unavailable, "imaging.address", "The port of HTTP cannot be listened at: it is in use, or not allowed.");
                }

                http = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
            }

            var dimse = new DimseServer(options.Dimse, archive, gate, audit, app.Services.GetRequiredService<ILogger<DimseServer>>());
            var problem = await dimse.RunAsync(at => listening(at.Port, http), cancellation).ConfigureAwait(false);
            if (http is not null) await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            return problem;
        }
    }

    private static bool Admits(HttpContext http, string token)
    {
        var given = Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString());
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(given), SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + token)));
    }

    /// <summary>What cannot be noted is not given, and the caller is told why.</summary>
    private static async Task NoReadingWithoutAudit(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or IOException and not BadHttpRequestException && !http.Response.HasStarted)
        {
            await DicomWebEndpoints.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "imaging.no-audit", "The reading cannot be noted in the audit, so nothing is given: the disk is full or broken.").ConfigureAwait(false);
        }
    }
}
