using System.Globalization;
using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using Yunnao.Server.Accounts;
using Yunnao.Services.Fhir;
using Yunnao.Trust.Callers;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yunnao.Server.Connect;

/// <summary>What tokens say of accounts and applications.</summary>
internal static class TokenPrincipals
{
    /// <param name="looked">The person whom scopes of level <c>patient</c> are about, and the encounter.</param>
    public static ClaimsPrincipal Of(Account account, IEnumerable<Claim> claims, IEnumerable<string> scopes, LaunchContext looked = default)
    {
        var identity = New(account.Id, "account", account.Generation, account.DisplayName);
        identity.SetClaim(Claims.PreferredUsername, account.UserName);
        identity.SetClaim(ConnectOptions.StampClaim, account.SecurityStamp);
        foreach (var claim in claims.Where(c => c.Type is CallerClaims.Role or CallerClaims.Organisation or CallerClaims.Subject)) identity.AddClaim(new(claim.Type, claim.Value));
        if (looked.Patient is { } one) identity.SetClaim(SmartGrant.PatientClaim, one.ToString(CultureInfo.InvariantCulture));
        if (looked.Encounter is { } encounter) identity.SetClaim(ConnectOptions.EncounterClaim, encounter);
        return Finished(identity, scopes);
    }

    public static ClaimsPrincipal Of(string clientId, string? name, ApplicationFacts facts, IEnumerable<string> scopes)
    {
        var identity = New(clientId, "application", facts.Generation, name ?? clientId);
        foreach (var role in facts.Roles) identity.AddClaim(new(CallerClaims.Role, role));
        foreach (var organisation in facts.Organisations) identity.AddClaim(new(CallerClaims.Organisation, organisation));
        return Finished(identity, scopes);
    }

    private static ClaimsIdentity New(string subject, string kind, int generation, string name)
    {
        var identity = new ClaimsIdentity(TokenValidationParameters.DefaultAuthenticationType, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, subject);
        identity.SetClaim(Claims.Name, name);
        identity.SetClaim(CallerClaims.Kind, kind);
        identity.SetClaim(ConnectOptions.GenerationClaim, generation.ToString(CultureInfo.InvariantCulture));
        return identity;
    }

    private static ClaimsPrincipal Finished(ClaimsIdentity identity, IEnumerable<string> scopes)
    {
        identity.SetScopes(scopes);
        identity.SetResources(ConnectOptions.Audience);
        identity.SetDestinations(claim => claim.Type switch
        {
            ConnectOptions.StampClaim or ConnectOptions.EncounterClaim => [],
            Claims.Name or Claims.PreferredUsername => [Destinations.AccessToken, Destinations.IdentityToken],
            _ => [Destinations.AccessToken],
        });
        return new(identity);
    }
}
