using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Yunnao.Server.Pages;

namespace Yunnao.Server.Hosting;

/// <summary>The cookies of the pages, and the provider of others where there is one.</summary>
internal static class Sessions
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(30);

    public static void AddSessions(this AuthenticationBuilder authentication, ServerOptions options)
    {
        authentication.AddIdentityCookies(cookies =>
        {
            cookies.ApplicationCookie!.Configure(o =>
            {
                (o.Cookie.Name, o.LoginPath, o.ReturnUrlParameter, o.ExpireTimeSpan, o.SlidingExpiration) = ("yunnao", "/account/sign-in", "return", s_idle, true);
                o.AccessDeniedPath = "/account";
            });
            cookies.TwoFactorUserIdCookie!.Configure(o => (o.Cookie.Name, o.ExpireTimeSpan) = ("yunnao-step", TimeSpan.FromMinutes(5)));
            cookies.ExternalCookie!.Configure(o => o.Cookie.Name = "yunnao-external");
        });
        foreach (var scheme in new[] { IdentityConstants.ApplicationScheme, IdentityConstants.TwoFactorUserIdScheme, IdentityConstants.ExternalScheme })
        {
            authentication.Services.Configure<Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions>(scheme, o =>
            {
                o.Cookie.HttpOnly = true;
                o.Cookie.SameSite = SameSiteMode.Lax;
                o.Cookie.SecurePolicy = options.Https ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            });
        }

        // A session of an account that was disabled or whose password was changed ends within seconds.
        authentication.Services.Configure<SecurityStampValidatorOptions>(o => o.ValidationInterval = TimeSpan.FromSeconds(5));
        if (options.External is not { } external) return;
        authentication.AddOpenIdConnect(ExternalPages.Scheme, external.Name, o =>
        {
            (o.Authority, o.ClientId, o.ClientSecret) = (external.Authority, external.ClientId, external.ClientSecret);
            (o.ResponseType, o.UsePkce, o.MapInboundClaims, o.RequireHttpsMetadata) = ("code", true, false, !external.WithoutTls);
            o.CallbackPath = "/account/external/return";
            o.SignInScheme = IdentityConstants.ExternalScheme;
            o.Scope.Clear();
            o.Scope.Add("openid");
            o.Scope.Add("profile");
            o.Events.OnRemoteFailure = async failed =>
            {
                failed.HandleResponse();
                await ExternalPages.RefuseAsync(failed.HttpContext).ConfigureAwait(false);
            };
            if (!external.WithoutTls) return;
            o.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            (o.CorrelationCookie.SameSite, o.NonceCookie.SameSite, o.ResponseMode) = (SameSiteMode.Lax, SameSiteMode.Lax, "query");
        });
    }
}
