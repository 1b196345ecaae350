using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using OpenIddict.Abstractions;
using Yunnao.Server.Pages;
using Yunnao.Services.Fhir;
using Yunnao.Trust.Callers;

namespace Yunnao.Server.Connect;

/// <summary>
/// What SMART App Launch 2.2 adds to a sign-in: which of the scopes are granted, and the person whom an application looks at. A citizen is that
/// person; everybody else is asked. Whoever is named, the right of the one who signed in decides what is seen.
/// </summary>
internal static class SmartLaunch
{
    /// <summary>The parameter in which the page on which a person is chosen sends its id.</summary>
    public const string Chosen = "launch_patient";

    /// <summary>True when an application asks for scopes of SMART.</summary>
    public static bool IsFor(OpenIddictRequest request) => request.GetScopes().Any(SmartScope.IsOne);

    /// <summary>True when a token would be sent elsewhere than to our resources: <c>aud</c> is the address of the FHIR interface (2.1.9).</summary>
    public static bool IsForAnother(OpenIddictRequest request, ServerOptions options) =>
        IsFor(request) && ((string?)request.GetParameter("aud"))?.TrimEnd('/') is not (null or "") and var audience && audience != FhirOf(options);

    /// <summary>The address of the FHIR interface, which SMART calls <c>iss</c> and <c>aud</c>.</summary>
    public static string FhirOf(ServerOptions options) => $"{options.Url.GetLeftPart(UriPartial.Authority)}/fhir";

    /// <summary>True when an application was opened out of a record system and wants to know at what that was looking.</summary>
    public static bool IsLaunched(OpenIddictRequest request) => request.HasScope(SmartScope.Launch);

    /// <summary>True when the request wants a person and none is known.</summary>
    public static bool WantsPerson(OpenIddictRequest request) =>
        request.GetScopes().Any(s => s == SmartScope.LaunchPatient || (SmartScope.TryParse(s, out var scope) && scope.Level == SmartScope.Patient));

    /// <summary>The person whom the application is to look at: the account's own, else the one of the launch, else the one that was chosen; null when none is.</summary>
    public static ulong? PersonOf(OpenIddictRequest request, IEnumerable<Claim> claims, LaunchContext launch)
    {
        var own = claims.FirstOrDefault(c => c.Type == CallerClaims.Subject)?.Value;
        return own is null && launch.Patient is { } looked ? looked : ulong.TryParse(own ?? (string?)request.GetParameter(Chosen), NumberStyles.None, CultureInfo.InvariantCulture, out var subject) ? subject : null;
    }

    /// <summary>
    /// Of the scopes those that are granted: for a person who signed in none of level <c>system</c>, for a program only those. False when scopes of
    /// SMART were asked for and none is left: a token without any would be held to nothing.
    /// </summary>
    public static bool TryGrant(ImmutableArray<string> asked, bool program, out ImmutableArray<string> granted)
    {
        granted = [.. asked.Where(s => SmartScope.TryParse(s, out var scope) ? program == (scope.Level == SmartScope.System) : !program || !SmartScope.IsOne(s))];
        return granted.Any(SmartScope.IsOne) || !asked.Any(SmartScope.IsOne);
    }

    /// <summary>What the answer says beside the token: the scopes that were granted, which SMART wants said always, and the person, if there is one.</summary>
    public static AuthenticationProperties Answer(ClaimsPrincipal principal)
    {
        var properties = new AuthenticationProperties();
        if (principal.GetScopes().Any(SmartScope.IsOne)) properties.Parameters["scope"] = string.Join(' ', principal.GetScopes());
        if (principal.GetClaim(SmartGrant.PatientClaim) is { Length: > 0 } patient) (properties.Parameters["patient"], properties.Parameters["need_patient_banner"]) = (patient, true);
        if (principal.GetClaim(ConnectOptions.EncounterClaim) is { Length: > 0 } encounter) properties.Parameters["encounter"] = encounter;
        return properties;
    }

    /// <summary>Asks whom the application is to look at.</summary>
    public static IResult Ask(HttpContext http, IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> fields)
    {
        var page = new Page(http);
        Html hidden = Html.None;
        foreach (var (name, value) in fields.Where(f => f.Key is not (Chosen or "__RequestVerificationToken"))) hidden = $"""{hidden}<input type="hidden" name="{name}" value="{value.ToString()}">""";
        return page.Show("pages.patient", $"""
            <p>{page.Text["pages.patient.how"]}</p>
            <form method="get" action="/connect/authorize">{hidden}{page.Field(Chosen, "text", "off", focus: true)}<button>{page.Text["pages.go-on"]}</button></form>
            """);
    }
}
