using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Yunnao.Server.Hosting;

/// <summary>What every answer tells browsers. Pages bring their own, wider policy of content.</summary>
internal static class SecurityHeaders
{
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

    // A form may lead on to the application that sent somebody here, so form-action cannot be 'self' alone.
    public const string Page = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' https: http://127.0.0.1:* http://localhost:*; frame-ancestors 'none'; base-uri 'none'";

    private static readonly object s_nonce = new();

    /// <summary>The page of the reference: its own scripts, and the one inside it that carries this answer's nonce. Its styles are made by its script.</summary>
    private static string Reference(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>What marks the scripts of this answer as ours.</summary>
    public static string Nonce(HttpContext http)
    {
        if (http.Items[s_nonce] is not string nonce) http.Items[s_nonce] = nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
        return nonce;
    }

    public static void UseSecurityHeaders(this IApplicationBuilder app, bool https) => app.Use((http, next) =>
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments("/account") || http.Request.Path.StartsWithSegments("/connect/authorize") ? Page : http.Request.Path.StartsWithSegments("/reference") ? Reference(Nonce(http)) : Nothing;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store";
        if (https) headers.StrictTransportSecurity = "max-age=31536000";
        return next(http);
    });
}
