using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Yunnao.Server.Accounts;
using Yunnao.Server.Hosting;
using Yunnao.Standards;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Callers;

namespace Yunnao.Server.Pages;

/// <summary>The pages on which people sign in and look after their own account.</summary>
internal static class AccountPages
{
    /// <summary>Policy of the pages that need a signed-in person.</summary>
    public const string Policy = "pages";

    public static void MapAccountPages(this IEndpointRouteBuilder app, ServerOptions options)
    {
        var pages = app.MapGroup("/account").ExcludeFromDescription().AddEndpointFilter(AgainstForgeryAsync);
        pages.MapGet("/page.css", () => Results.Stream(typeof(AccountPages).Assembly.GetManifestResourceStream("page.css")!, "text/css; charset=utf-8")).AllowAnonymous();
        pages.MapGet("/sign-in", (HttpContext http) => SignInPage(http, options)).AllowAnonymous();
        pages.MapPost("/sign-in", (HttpContext http, SignInManager<Account> signIn, SignInRules rules, AuditLog audit, TimeProvider time) => SignInAsync(http, signIn, rules, audit, time, options)).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn);
        pages.MapGet("/second-step", (HttpContext http) => SecondStepPage(http)).AllowAnonymous();
        pages.MapPost("/second-step", SecondStepAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn);
        pages.MapGet("/", HomeAsync).RequireAuthorization(Policy);
        pages.MapGet("/password", ShowPasswordAsync).RequireAuthorization(Policy);
        pages.MapPost("/password", ChangePasswordAsync).RequireAuthorization(Policy).RequireRateLimiting(RateLimits.SignIn);
        SetUpPages.Map(pages);
        pages.MapPost("/sign-out", SignOutAsync).RequireAuthorization(Policy);
        if (options.External is not null) ExternalPages.Map(pages);
    }

    /// <summary>The page somebody came for, or the one with what they have still to do first.</summary>
    public static async Task<IResult> GoOnAsync(HttpContext http, SignInManager<Account> signIn, Account account)
    {
        var session = await signIn.CreateUserPrincipalAsync(account).ConfigureAwait(false);
        var wanted = new Page(http).Return;
        var rules = http.RequestServices.GetRequiredService<SignInRules>();
        return Results.Redirect(await rules.UnfinishedAsync(signIn.UserManager, account, session).ConfigureAwait(false) is { } page ? $"{page}?return={Uri.EscapeDataString(wanted)}" : wanted);
    }

    /// <summary>Writes down that somebody got in, or did not.</summary>
    public static Task TellAsync(AuditLog audit, Account? account, string how, string outcome, HttpContext http) => audit.AppendAsync(
        new(outcome == AuditEvent.Ok ? AuditKind.SignIn : AuditKind.SignInFailed, account?.Id ?? "unknown") { Outcome = outcome, Details = new Dictionary<string, string> { ["by"] = how, ["from"] = $"{http.Connection.RemoteIpAddress}" } },
        CancellationToken.None);

    private static async ValueTask<object?> AgainstForgeryAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsPost(http.Request.Method) || await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http).ConfigureAwait(false)) return await next(context).ConfigureAwait(false);
        return new Page(http).Show("pages.sign-in", $"""<p><a href="/account/sign-in">{new Page(http).Text["pages.sign-in"]}</a></p>""", "pages.problem.forged", StatusCodes.Status400BadRequest);
    }

    private static IResult SignInPage(HttpContext http, ServerOptions options, string? problem = null, string? name = null)
    {
        var page = new Page(http);
        Html external = options.External is { } provider
            ? $"""<form method="post" action="/account/external">{page.Hidden()}<button class="second">{string.Format(System.Globalization.CultureInfo.InvariantCulture, page.Text["pages.external"], provider.Name)}</button></form>"""
            : Html.None;
        return page.Show("pages.sign-in", $"""
            <form method="post" action="/account/sign-in">
            {page.Hidden()}
            {page.Field("name", "text", "username", focus: name is null, value: name)}
            {page.Field("password", "password", "current-password", focus: name is not null)}
            <button>{page.Text["pages.sign-in"]}</button>
            </form>
            {external}
            """, problem, problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> SignInAsync(HttpContext http, SignInManager<Account> signIn, SignInRules rules, AuditLog audit, TimeProvider time, ServerOptions options)
    {
        var (name, password) = (http.Request.Form["name"].ToString(), http.Request.Form["password"].ToString());
        var account = await signIn.UserManager.FindByNameAsync(name).ConfigureAwait(false);
        var elsewhere = account is not null && !rules.MayAdministerFrom(http.Connection.RemoteIpAddress) && SignInRules.IsAdministrator(await signIn.UserManager.GetClaimsAsync(account).ConfigureAwait(false));
        if (account is null || account.Disabled || elsewhere)
        {
            // As slow as a wrong password, so that nobody learns which names there are, or which of them administer.
            signIn.UserManager.PasswordHasher.HashPassword(new(), password);
            await TellAsync(audit, account, "password", account is null ? "unknown" : elsewhere ? "address" : "disabled", http).ConfigureAwait(false);
            return SignInPage(http, options, "pages.problem.sign-in", name);
        }

        var result = await signIn.PasswordSignInAsync(account, password, isPersistent: false, lockoutOnFailure: true).ConfigureAwait(false);
        if (result.RequiresTwoFactor) return Results.Redirect($"/account/second-step?return={Uri.EscapeDataString(new Page(http).Return)}");
        await TellAsync(audit, account, "password", result.Succeeded ? AuditEvent.Ok : result.IsLockedOut ? "locked" : "wrong", http).ConfigureAwait(false);
        if (!result.Succeeded) return SignInPage(http, options, "pages.problem.sign-in", name);
        await SeenAsync(signIn, account, time).ConfigureAwait(false);
        return await GoOnAsync(http, signIn, account).ConfigureAwait(false);
    }

    private static IResult SecondStepPage(HttpContext http, string? problem = null)
    {
        var page = new Page(http);
        return page.Show("pages.second-step", $"""
            <p>{page.Text["pages.second-step.how"]}</p>
            <form method="post" action="/account/second-step">{page.Hidden()}{page.Field("code", "text", "one-time-code", focus: true)}<button>{page.Text["pages.go-on"]}</button></form>
            """, problem, problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> SecondStepAsync(HttpContext http, SignInManager<Account> signIn, AuditLog audit, TimeProvider time)
    {
        if (await signIn.GetTwoFactorAuthenticationUserAsync().ConfigureAwait(false) is not { } account) return Results.Redirect("/account/sign-in");
        var code = http.Request.Form["code"].ToString().Replace(" ", "", StringComparison.Ordinal);
        var result = await signIn.TwoFactorAuthenticatorSignInAsync(code, isPersistent: false, rememberClient: false).ConfigureAwait(false);
        await TellAsync(audit, account, "second-step", result.Succeeded ? AuditEvent.Ok : result.IsLockedOut ? "locked" : "wrong", http).ConfigureAwait(false);
        if (!result.Succeeded) return SecondStepPage(http, "pages.problem.code");
        await SeenAsync(signIn, account, time).ConfigureAwait(false);
        return await GoOnAsync(http, signIn, account).ConfigureAwait(false);
    }

    private static async Task<IResult> HomeAsync(HttpContext http, SignInManager<Account> signIn, Registry registry)
    {
        var account = (await signIn.UserManager.GetUserAsync(http.User).ConfigureAwait(false))!;
        var page = new Page(http);
        var roles = string.Join(", ", http.User.FindAll(CallerClaims.Role).Select(r => registry.Policies.Roles.TryGetValue(r.Value, out var role) ? $"{role.Name.In(page.Text.Language)} ({r.Value})" : r.Value));
        Html on = $"""{page.Text["pages.on"]}""", off = $"""<a href="/account/second-step/set-up">{page.Text["pages.set-up"]}</a>""";
        return page.Show("pages.account", $"""
            <dl>
            <dt>{page.Text["pages.field.name"]}</dt><dd>{account.DisplayName} ({account.UserName})</dd>
            <dt>{page.Text["pages.roles"]}</dt><dd>{roles}</dd>
            <dt>{page.Text["pages.field.password"]}</dt><dd><a href="/account/password">{page.Text["pages.change"]}</a></dd>
            <dt>{page.Text["pages.second-step"]}</dt><dd>{(account.TwoFactorEnabled ? on : off)}</dd>
            </dl>
            <p><a href="/reference">{page.Text["pages.reference"]}</a></p>
            <form method="post" action="/account/sign-out">{page.Hidden()}<button class="second">{page.Text["pages.sign-out"]}</button></form>
            """);
    }

    private static async Task<IResult> ShowPasswordAsync(HttpContext http, SignInManager<Account> signIn, SignInRules rules, ServerOptions options)
    {
        var account = (await signIn.UserManager.GetUserAsync(http.User).ConfigureAwait(false))!;
        return PasswordPage(http, account, old: !account.MustChangePassword && rules.IsOld(account) ? options.PasswordDays : null);
    }

    private static IResult PasswordPage(HttpContext http, Account account, string? problem = null, int? old = null)
    {
        var page = new Page(http);
        Html why = old is { } days ? $"""<p>{page.Text.Format("pages.password.old", days)}</p>""" : Html.None;
        return page.Show("pages.password", $"""
            {why}
            <p>{page.Text["pages.password.rule"]}</p>
            <form method="post" action="/account/password">
            {page.Hidden()}
            <input type="text" name="name" autocomplete="username" value="{account.UserName}" readonly hidden>
            {page.Field("current", "password", "current-password", focus: true)}
            {page.Field("new", "password", "new-password")}
            {page.Field("again", "password", "new-password")}
            <button>{page.Text["pages.change"]}</button>
            </form>
            """, problem, problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> ChangePasswordAsync(HttpContext http, SignInManager<Account> signIn, AccountDesk desk, AuditLog audit, TimeProvider time)
    {
        var account = (await signIn.UserManager.GetUserAsync(http.User).ConfigureAwait(false))!;
        var form = http.Request.Form;
        var (current, wanted) = (form["current"].ToString(), form["new"].ToString());
        if (wanted != form["again"].ToString()) return PasswordPage(http, account, "pages.problem.not-alike");
        if (wanted == current) return PasswordPage(http, account, "pages.problem.same");
        var changed = await signIn.UserManager.ChangePasswordAsync(account, current, wanted).ConfigureAwait(false);
        if (!changed.Succeeded) return PasswordPage(http, account, changed.Errors.Any(e => e.Code == "PasswordMismatch") ? "pages.problem.wrong" : "pages.problem.weak");
        (account.MustChangePassword, account.PasswordChanged) = (false, time.GetUtcNow().UtcDateTime);
        await desk.EndOthersAsync(account, http.RequestAborted).ConfigureAwait(false);
        await audit.AppendAsync(new(AuditKind.AccountChanged, account.Id) { What = $"account {account.UserName}", Details = new Dictionary<string, string> { ["change"] = "password" } }, CancellationToken.None).ConfigureAwait(false);
        await signIn.RefreshSignInAsync(account).ConfigureAwait(false);
        return await GoOnAsync(http, signIn, account).ConfigureAwait(false);
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, SignInManager<Account> signIn, AuditLog audit)
    {
        await audit.AppendAsync(new(AuditKind.SignOut, signIn.UserManager.GetUserId(http.User) ?? "unknown"), CancellationToken.None).ConfigureAwait(false);
        await signIn.SignOutAsync().ConfigureAwait(false);
        return Results.Redirect("/account/sign-in");
    }

    private static Task<IdentityResult> SeenAsync(SignInManager<Account> signIn, Account account, TimeProvider time)
    {
        account.LastSignIn = time.GetUtcNow().UtcDateTime;
        return signIn.UserManager.UpdateAsync(account);
    }

    /// <summary>Only a whole session: not the half one between password and second step.</summary>
    public static void AddPolicy(AuthorizationOptions options) => options.AddPolicy(Policy, p => p.AddAuthenticationSchemes(IdentityConstants.ApplicationScheme).RequireAuthenticatedUser());
}
