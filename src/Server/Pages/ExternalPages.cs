using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Yunnao.Server.Accounts;
using Yunnao.Trust.Audit;

namespace Yunnao.Server.Pages;

/// <summary>Signing in by the provider of others. It says who somebody is; only an account that exists here gets in.</summary>
internal static class ExternalPages
{
    /// <summary>Scheme of the provider.</summary>
    public const string Scheme = "external";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapPost("/external", (HttpContext http, SignInManager<Account> signIn) => Results.Challenge(
            signIn.ConfigureExternalAuthenticationProperties(Scheme, $"/account/external?return={Uri.EscapeDataString(new Page(http).Return)}"), [Scheme])).AllowAnonymous();
        pages.MapGet("/external", ReturnedAsync).AllowAnonymous();
    }

    /// <summary>The provider said no, or what came was no answer to a question of this browser.</summary>
    public static async Task RefuseAsync(HttpContext http)
    {
        await AccountPages.TellAsync(http.RequestServices.GetRequiredService<AuditLog>(), null, "external", "unknown", http).ConfigureAwait(false);

        // What came with the answer is not shown again, not even in a link of the page.
        (http.Request.Path, http.Request.QueryString) = ("/account/sign-in", QueryString.Empty);
        await Refused(new(http), StatusCodes.Status400BadRequest).ExecuteAsync(http).ConfigureAwait(false);
    }

    private static IResult Refused(Page page, int status) => page.Show("pages.sign-in", $"""<p><a href="/account/sign-in">{page.Text["pages.sign-in"]}</a></p>""", "pages.problem.external", status);

    private static async Task<IResult> ReturnedAsync(HttpContext http, SignInManager<Account> signIn, AuditLog audit, ServerOptions options)
    {
        var page = new Page(http);
        if (await signIn.GetExternalLoginInfoAsync().ConfigureAwait(false) is not { } told) return Results.Redirect("/account/sign-in");
        await http.SignOutAsync(IdentityConstants.ExternalScheme).ConfigureAwait(false);
        var users = signIn.UserManager;

        // Once known, it is the provider's own id that counts: names may be given to somebody else later.
        var account = await users.FindByLoginAsync(told.LoginProvider, told.ProviderKey).ConfigureAwait(false);
        if (account is null && told.Principal.FindFirst(options.External!.AccountClaim)?.Value is { Length: > 0 } name && await users.FindByNameAsync(name).ConfigureAwait(false) is { } named
            && (await users.GetLoginsAsync(named).ConfigureAwait(false)).Count == 0)
        {
            account = named;
            await users.AddLoginAsync(named, told).ConfigureAwait(false);
        }

        var usable = account is { Disabled: false } && !await users.IsLockedOutAsync(account).ConfigureAwait(false);
        await AccountPages.TellAsync(audit, account, "external", usable ? AuditEvent.Ok : "unknown", http).ConfigureAwait(false);
        if (!usable) return Refused(page, StatusCodes.Status403Forbidden);

        // The provider's own second step is not known here, so ours is asked of those who have it.
        var result = await signIn.ExternalLoginSignInAsync(told.LoginProvider, told.ProviderKey, isPersistent: false, bypassTwoFactor: false).ConfigureAwait(false);
        if (result.RequiresTwoFactor) return Results.Redirect($"/account/second-step?return={Uri.EscapeDataString(page.Return)}");
        if (!result.Succeeded) return Results.Redirect("/account/sign-in");

        // Whoever the provider vouches for needs no password here.
        account!.MustChangePassword = false;
        await users.UpdateAsync(account).ConfigureAwait(false);
        return await AccountPages.GoOnAsync(http, signIn, account).ConfigureAwait(false);
    }
}
