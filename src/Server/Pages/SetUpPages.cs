using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using QRCoder;
using Yunnao.Server.Accounts;
using Yunnao.Server.Hosting;
using Yunnao.Trust.Audit;

namespace Yunnao.Server.Pages;

/// <summary>Setting up the second step: a time-based code (RFC 6238) of an authenticator, read from a drawn code or typed in.</summary>
internal static class SetUpPages
{
    private const int Pixels = 5;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/second-step/set-up", (HttpContext http, SignInManager<Account> signIn) => ShowAsync(http, signIn, null)).RequireAuthorization(AccountPages.Policy);
        pages.MapPost("/second-step/set-up", SetUpAsync).RequireAuthorization(AccountPages.Policy).RequireRateLimiting(RateLimits.SignIn);
    }

    private static async Task<IResult> ShowAsync(HttpContext http, SignInManager<Account> signIn, string? problem)
    {
        var (page, users) = (new Page(http), signIn.UserManager);
        var account = (await users.GetUserAsync(http.User).ConfigureAwait(false))!;
        if (account.TwoFactorEnabled) return Results.Redirect(page.Return);
        if (await users.GetAuthenticatorKeyAsync(account).ConfigureAwait(false) is not { } key)
        {
            await users.ResetAuthenticatorKeyAsync(account).ConfigureAwait(false);
            await signIn.RefreshSignInAsync(account).ConfigureAwait(false);
            key = (await users.GetAuthenticatorKeyAsync(account).ConfigureAwait(false))!;
        }

        var address = $"otpauth://totp/Yunnao:{Uri.EscapeDataString(account.UserName!)}?secret={key}&issuer=Yunnao&digits=6";
        using var drawn = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(drawn);
        return page.Show("pages.second-step.title", $"""
            <p>{page.Text["pages.second-step.why"]}</p>
            <div class="code" role="img" aria-label="{page.Text["pages.second-step.picture"]}">{Html.Markup(svg.GetGraphic(Pixels))}</div>
            <p>{page.Text["pages.second-step.by-hand"]} <code>{key}</code></p>
            <form method="post" action="/account/second-step/set-up">{page.Hidden()}{page.Field("code", "text", "one-time-code", focus: true)}<button>{page.Text["pages.go-on"]}</button></form>
            """, problem, problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> SetUpAsync(HttpContext http, SignInManager<Account> signIn, AuditLog audit)
    {
        var users = signIn.UserManager;
        var account = (await users.GetUserAsync(http.User).ConfigureAwait(false))!;
        var code = http.Request.Form["code"].ToString().Replace(" ", "", StringComparison.Ordinal);
        if (account.TwoFactorEnabled || !await users.VerifyTwoFactorTokenAsync(account, users.Options.Tokens.AuthenticatorTokenProvider, code).ConfigureAwait(false))
            return await ShowAsync(http, signIn, "pages.problem.code").ConfigureAwait(false);
        await users.SetTwoFactorEnabledAsync(account, true).ConfigureAwait(false);
        await audit.AppendAsync(new(AuditKind.AccountChanged, account.Id) { What = $"account {account.UserName}", Details = new Dictionary<string, string> { ["change"] = "second step" } }, CancellationToken.None).ConfigureAwait(false);
        await signIn.RefreshSignInAsync(account).ConfigureAwait(false);
        return await AccountPages.GoOnAsync(http, signIn, account).ConfigureAwait(false);
    }
}
