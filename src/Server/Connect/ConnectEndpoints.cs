using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Yunnao.Server.Accounts;
using Yunnao.Server.Hosting;
using Yunnao.Services.Fhir;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Callers;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yunnao.Server.Connect;

/// <summary>OAuth2 and OpenID Connect: who gets which token. What is wrong with a request was refused by OpenIddict before it comes here.</summary>
internal static class ConnectEndpoints
{
    public static void MapConnect(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/connect/authorize", ["GET", "POST"], AuthorizeAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/connect/token", TokenAsync).AllowAnonymous().DisableAntiforgery().RequireRateLimiting(RateLimits.Token).ExcludeFromDescription();
        app.MapMethods("/connect/logout", ["GET", "POST"], EndSessionAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapMethods("/connect/userinfo", ["GET", "POST"], (Delegate)UserInfoAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> AuthorizeAsync(HttpContext http, SignInManager<Account> signIn, SignInRules rules, Launches launches, ServerOptions options)
    {
        var request = http.GetOpenIddictServerRequest()!;
        if (SmartLaunch.IsForAnother(request, options)) return Refused(Errors.InvalidRequest, "aud names another server.");
        var session = await http.AuthenticateAsync(IdentityConstants.ApplicationScheme).ConfigureAwait(false);
        var account = session.Succeeded ? await signIn.UserManager.GetUserAsync(session.Principal).ConfigureAwait(false) : null;
        if (account is null || account.Disabled || request.HasPromptValue(PromptValues.Login) && !http.Request.Query.ContainsKey("signed-in"))
        {
            return request.HasPromptValue(PromptValues.None)
                ? Refused(Errors.LoginRequired, "Nobody is signed in.")
                : Results.Redirect($"/account/sign-in?return={Uri.EscapeDataString(Here(http))}");
        }

        // Whoever has still to change a first password, or to set up the second step, does that first.
        if (await rules.UnfinishedAsync(signIn.UserManager, account, session.Principal!).ConfigureAwait(false) is { } page) return Results.Redirect($"{page}?return={Uri.EscapeDataString(Here(http))}");
        var claims = await signIn.UserManager.GetClaimsAsync(account).ConfigureAwait(false);
        var looked = default(LaunchContext);
        if (SmartLaunch.IsLaunched(request) && !launches.Open((string?)request.GetParameter("launch"), account.Id, claims.Where(c => c.Type == CallerClaims.Organisation).Select(c => c.Value)).Try(out looked, out var stranger))
            return Refused(Errors.InvalidRequest, stranger.Message.ToString());
        var person = SmartLaunch.WantsPerson(request) || SmartLaunch.IsLaunched(request) ? SmartLaunch.PersonOf(request, claims, looked) : null;
        if (looked.Patient is { } other && other != person) return Refused(Errors.AccessDenied, "The launch is about another person.");
        if (SmartLaunch.WantsPerson(request) && person is null) return request.HasPromptValue(PromptValues.None) ? Refused(Errors.InteractionRequired, "Nobody was chosen.") : SmartLaunch.Ask(http, Fields(http));
        return SmartLaunch.TryGrant(request.GetScopes(), program: false, out var granted) ? Token(TokenPrincipals.Of(account, claims, granted, new(person, looked.Encounter))) : Refused(Errors.InvalidScope, "Scopes of level system are for programs.");
    }

    private static async Task<IResult> TokenAsync(HttpContext http, SignInManager<Account> signIn, IOpenIddictApplicationManager applications, AuditLog audit)
    {
        var (request, cancellation) = (http.GetOpenIddictServerRequest()!, http.RequestAborted);
        if (request.IsClientCredentialsGrantType())
        {
            var application = (await applications.FindByClientIdAsync(request.ClientId!, cancellation).ConfigureAwait(false))!;
            var facts = await ApplicationFacts.OfAsync(applications, application, cancellation).ConfigureAwait(false);
            if (facts.Roles.Count == 0) return Refused(Errors.UnauthorizedClient, "The application has no role of its own.");
            await audit.AppendAsync(new(AuditKind.SignIn, request.ClientId!) { Details = new Dictionary<string, string> { ["by"] = "client_credentials" } }, cancellation).ConfigureAwait(false);
            var name = await applications.GetDisplayNameAsync(application, cancellation).ConfigureAwait(false);
            return SmartLaunch.TryGrant(request.GetScopes(), program: true, out var granted) ? Token(TokenPrincipals.Of(request.ClientId!, name, facts, granted)) : Refused(Errors.InvalidScope, "Programs ask for scopes of level system.");
        }

        // A code or a refresh token: what it says of rights may be out of date, so the account is read anew.
        var given = (await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme).ConfigureAwait(false)).Principal!;
        var account = await signIn.UserManager.FindByIdAsync(given.GetClaim(Claims.Subject)!).ConfigureAwait(false);
        if (account is null || account.Disabled || account.MustChangePassword || account.SecurityStamp != given.GetClaim(ConnectOptions.StampClaim))
            return Refused(Errors.InvalidGrant, "The account has changed since; sign in again.");
        ulong? person = ulong.TryParse(given.GetClaim(SmartGrant.PatientClaim), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var subject) ? subject : null;
        var principal = TokenPrincipals.Of(account, await signIn.UserManager.GetClaimsAsync(account).ConfigureAwait(false), given.GetScopes(), new(person, given.GetClaim(ConnectOptions.EncounterClaim)));
        principal.SetAuthorizationId(given.GetAuthorizationId());
        return Token(principal);
    }

    private static async Task<IResult> EndSessionAsync(HttpContext http, SignInManager<Account> signIn)
    {
        await signIn.SignOutAsync().ConfigureAwait(false);
        return Results.SignOut(new() { RedirectUri = "/account/sign-in" }, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }

    private static async Task<IResult> UserInfoAsync(HttpContext http)
    {
        var given = (await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme).ConfigureAwait(false)).Principal;
        if (given is null) return Results.Challenge(authenticationSchemes: [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
        return Results.Json(new Dictionary<string, object?>
        {
            [Claims.Subject] = given.GetClaim(Claims.Subject),
            [Claims.Name] = given.GetClaim(Claims.Name),
            [Claims.PreferredUsername] = given.GetClaim(Claims.PreferredUsername),
        });
    }

    private static IResult Token(ClaimsPrincipal principal) =>
        Results.SignIn(principal, SmartLaunch.Answer(principal), OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);

    private static IResult Refused(string error, string why) => Results.Forbid(
        new(new Dictionary<string, string?> { [OpenIddictServerAspNetCoreConstants.Properties.Error] = error, [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = why }),
        [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);

    private static IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> Fields(HttpContext http) => http.Request.HasFormContentType ? http.Request.Form : http.Request.Query;

    /// <summary>This request again, once its person has signed in; a form's fields become a query.</summary>
    private static string Here(HttpContext http)
    {
        return http.Request.Path + QueryString.Create(Fields(http).Where(f => f.Key is not ("signed-in" or "__RequestVerificationToken"))).Add("signed-in", "1");
    }
}
