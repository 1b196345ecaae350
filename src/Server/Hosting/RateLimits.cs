using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Server.Hosting;

/// <summary>How often one address may try to become somebody.</summary>
internal static class RateLimits
{
    public const string SignIn = "sign-in", Token = "token";

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    public static void Add(RateLimiterOptions options, ServerOptions server)
    {
        options.AddPolicy(SignIn, http => Of(http, server.SignInsPerMinute));
        options.AddPolicy(Token, http => Of(http, server.TokensPerMinute));
        options.OnRejected = async (context, _) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = s_window.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            await new ProblemAnswer(new(ProblemKind.Busy, "rights.too-often", "Too many attempts from this address; wait a minute.")) { Status = StatusCodes.Status429TooManyRequests }.ExecuteAsync(context.HttpContext).ConfigureAwait(false);
        };
    }

    private static RateLimitPartition<string> Of(HttpContext http, int most) => HttpMethods.IsPost(http.Request.Method)
        ? RateLimitPartition.GetFixedWindowLimiter(http.Connection.RemoteIpAddress?.ToString() ?? "local", _ => new() { PermitLimit = most, Window = s_window })
        : RateLimitPartition.GetNoLimiter("");
}
