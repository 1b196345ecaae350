using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Server.Pages;

/// <summary>One plain page in the language of its reader: no script, nothing from elsewhere.</summary>
internal sealed class Page(HttpContext http)
{
    private const string LanguageCookie = "yunnao-lang";

    /// <summary>Inside the page, so that no browser asks for one that is not there.</summary>
    private const string Icon = "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230b5c8e'/%3E%3Cpath d='M2 9h3l2-5 2 8 2-5 1 2h2' fill='none' stroke='%23fff' stroke-width='1.5'/%3E%3C/svg%3E";
    private static readonly Lazy<Text> s_english = new(() => Text.For("en", typeof(Page).Assembly));
    private static readonly Lazy<Text> s_chinese = new(() => Text.For("zh-CN", typeof(Page).Assembly));

    /// <summary>The texts: of <c>?lang=</c>, else of the last choice, else of Accept-Language.</summary>
    public Text Text { get; } = Chosen(http);

    /// <summary>Where to go afterwards: a path of this server, else the account's own page.</summary>
    public string Return { get; } = ReturnOf(http);

    /// <summary>The hidden fields of every form: the token against forged requests, and where to go afterwards.</summary>
    public Html Hidden()
    {
        var token = http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        return $"""<input type="hidden" name="{token.FormFieldName}" value="{token.RequestToken}"><input type="hidden" name="return" value="{Return}">""";
    }

    /// <summary>A field with its label.</summary>
    public Html Field(string name, string type, string complete, bool focus = false, string? value = null)
    {
        var first = Html.Markup(focus ? " autofocus" : "");
        return $"""<label for="{name}">{Text[$"pages.field.{name}"]}</label><input id="{name}" name="{name}" type="{type}" autocomplete="{complete}" value="{value}" required{first}>""";
    }

    /// <summary>The whole page.</summary>
    /// <param name="problem">Key of the text that says what went wrong, or null.</param>
    public IResult Show(string titleKey, Html body, string? problem = null, int status = StatusCodes.Status200OK)
    {
        var other = Text.Language == "zh-CN" ? "en" : "zh";
        var again = QueryString.Create(http.Request.Query.Where(q => q.Key != "lang")).Add("lang", other);
        Html said = problem is null ? Html.None : $"""<p class="problem" role="alert">{Text[problem]}</p>""";
        Html page = $"""
            <!DOCTYPE html>
            <html lang="{Text.Language}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text[titleKey]} · {Text["pages.product"]}</title>
            <link rel="icon" href="data:image/svg+xml,{Icon}">
            <link rel="stylesheet" href="/account/page.css">
            </head>
            <body>
            <header><strong>{Text["pages.product"]}</strong><a href="{http.Request.Path.Value}{again.Value}" lang="{other}" hreflang="{other}">{Text["pages.other-language"]}</a></header>
            <main>
            <h1>{Text[titleKey]}</h1>
            {said}
            {body}
            </main>
            </body>
            </html>
            """;
        return Results.Content(page.ToString(), "text/html; charset=utf-8", statusCode: status);
    }

    /// <summary>The texts of a reader: of <c>?lang=</c>, else of the last choice, else of Accept-Language.</summary>
    public static Text TextOf(HttpContext http)
    {
        var chosen = Asked(http) ?? http.Request.Cookies[LanguageCookie];
        var chinese = chosen is null ? ProblemAnswer.TextsOf(http).Language == "zh-CN" : Text.IsChinese(chosen);
        return chinese ? s_chinese.Value : s_english.Value;
    }

    /// <summary>The same, and a choice is remembered.</summary>
    private static Text Chosen(HttpContext http)
    {
        if (Asked(http) is { } chosen) http.Response.Cookies.Append(LanguageCookie, chosen, new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, IsEssential = true });
        return TextOf(http);
    }

    private static string? Asked(HttpContext http) => http.Request.Query["lang"].FirstOrDefault() switch
    {
        { } tag when Text.IsChinese(tag) => "zh",
        "en" => "en",
        _ => null,
    };

    private static string ReturnOf(HttpContext http)
    {
        var wanted = http.Request.HasFormContentType ? http.Request.Form["return"].FirstOrDefault() : http.Request.Query["return"].FirstOrDefault();

        // Only a path here: "//host" and "/\host" are addresses elsewhere.
        return wanted is ['/', not ('/' or '\\'), ..] && !wanted.Any(c => char.IsControl(c) || c == '\\') ? wanted : "/account";
    }
}
