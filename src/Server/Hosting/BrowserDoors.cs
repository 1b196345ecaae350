using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Yunnao.Server.Hosting;

/// <summary>
/// Pages of other sites may call the FHIR interface, and fetch tokens for it: these look at bearer tokens only and never at cookies, so that a
/// page can do nothing in the name of somebody who did not give it a token. Everything else is for pages of this site.
/// </summary>
internal static class BrowserDoors
{
    private static readonly string[] s_open = ["/fhir", "/connect/token", "/connect/revoke", "/connect/userinfo", "/.well-known"];

    public static void Add(CorsOptions options) => options.AddDefaultPolicy(policy => policy.AllowAnyOrigin()
        .WithHeaders("Authorization", "Content-Type", "Accept", "Prefer", "If-None-Match", "If-Modified-Since", "If-Match", "If-None-Exist", "Yunnao-Purpose")
        .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        .WithExposedHeaders("ETag", "Location", "Content-Location", "Last-Modified", "X-Progress", "Retry-After"));

    /// <summary>Lets pages of other sites in where they may.</summary>
    public static void UseBrowserDoors(this IApplicationBuilder app) =>
        app.UseWhen(http => s_open.Any(o => http.Request.Path.StartsWithSegments(o)), open =>
        {
            open.Use((http, next) =>
            {
                http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
                return next(http);
            });
            open.UseCors();
        });
}
