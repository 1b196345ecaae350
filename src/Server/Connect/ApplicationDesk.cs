using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using Yunnao.Kernel;
using Yunnao.Server.Accounts;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Revocation;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yunnao.Server.Connect;

/// <summary>What administrators do with applications: programs that get tokens of their own, or for the people who use them.</summary>
public sealed class ApplicationDesk(
    IOpenIddictApplicationManager applications, IOpenIddictTokenManager tokens, RoleRules rules, Revocations revocations, AuditLog audit)
{
    private const int SecretBytes = 32;

    /// <summary>All applications.</summary>
    public async Task<IReadOnlyList<ApplicationView>> ListAsync(CancellationToken cancellation)
    {
        var all = new List<ApplicationView>();
        await foreach (var application in applications.ListAsync(null, null, cancellation).ConfigureAwait(false)) all.Add(await ViewAsync(application, cancellation).ConfigureAwait(false));
        return [.. all.OrderBy(a => a.Id, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Makes an application. With roles it gets tokens of its own (client credentials); with return addresses it gets tokens for people
    /// (authorisation code with PKCE). Problems: <c>app.exists</c>, <c>app.id</c>, <c>app.redirect</c>, <c>app.keys</c>, <c>caller.*</c>.
    /// </summary>
    /// <returns>The application and its secret, which is kept only as a hash; null of a public one and of one with keys.</returns>
    public async Task<Result<(ApplicationView Application, string? Secret)>> CreateAsync(NewApplication wanted, string by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        if (Refuse(wanted) is { } refused) return refused;
        if (await applications.FindByClientIdAsync(wanted.Id, cancellation).ConfigureAwait(false) is not null)
            return new Problem(ProblemKind.Conflict, "app.exists", "There is an application of this id already.", new(Path: "id"));
        if (!KeysOf(wanted).Try(out var keys, out var wrong)) return wrong;
        var secret = wanted.Public || wanted.Keys is not null ? null : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        var descriptor = new OpenIddictApplicationDescriptor
        {
            ClientId = wanted.Id,
            ClientSecret = secret,
            JsonWebKeySet = keys.Set,
            ClientType = wanted.Public ? ClientTypes.Public : ClientTypes.Confidential,
            DisplayName = wanted.Name ?? wanted.Id,
            ConsentType = ConsentTypes.Implicit,
            Permissions = { Permissions.Endpoints.Token, Permissions.Endpoints.Revocation, Permissions.Prefixes.Scope + ConnectOptions.ApiScope, Permissions.Scopes.Profile },
        };
        if (!wanted.Public) descriptor.Permissions.UnionWith([Permissions.Endpoints.Introspection, Permissions.GrantTypes.ClientCredentials]);
        if (wanted.RedirectUris.Count > 0)
        {
            descriptor.Permissions.UnionWith([Permissions.Endpoints.Authorization, Permissions.Endpoints.EndSession, Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken, Permissions.ResponseTypes.Code]);
            descriptor.Requirements.Add(Requirements.Features.ProofKeyForCodeExchange);
            descriptor.RedirectUris.UnionWith(wanted.RedirectUris.Select(u => new Uri(u)));
            descriptor.PostLogoutRedirectUris.UnionWith(wanted.RedirectUris.Select(u => new Uri(u)));
        }

        new ApplicationFacts(wanted.Roles, wanted.Organisations, 0).Write(descriptor);
        var made = await applications.CreateAsync(descriptor, cancellation).ConfigureAwait(false);
        await TellAsync(by, wanted.Id, "created", wanted.Roles, cancellation).ConfigureAwait(false);
        return (await ViewAsync(made, cancellation).ConfigureAwait(false), secret);
    }

    /// <summary>Gives an application these roles and organisations. Problems: <c>app.unknown</c>, <c>caller.*</c>.</summary>
    public async Task<Result<ApplicationView>> GrantAsync(string id, Grant grant, string by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(grant);
        if (rules.Check(grant.Roles) is { } refused) return refused;
        if (await applications.FindByClientIdAsync(id, cancellation).ConfigureAwait(false) is not { } application) return Unknown();
        var facts = await ApplicationFacts.OfAsync(applications, application, cancellation).ConfigureAwait(false);
        await ChangeAsync(application, id, facts with { Roles = grant.Roles, Organisations = grant.Organisations }, null, cancellation).ConfigureAwait(false);
        await TellAsync(by, id, "granted", grant.Roles, cancellation).ConfigureAwait(false);
        return await ViewAsync(application, cancellation).ConfigureAwait(false);
    }

    /// <summary>A new secret; the old one and all tokens are dead. Problem: <c>app.unknown</c>.</summary>
    public async Task<Result<string>> ResetAsync(string id, string by, CancellationToken cancellation)
    {
        if (await applications.FindByClientIdAsync(id, cancellation).ConfigureAwait(false) is not { } application) return Unknown();
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        await ChangeAsync(application, id, await ApplicationFacts.OfAsync(applications, application, cancellation).ConfigureAwait(false), secret, cancellation).ConfigureAwait(false);
        await TellAsync(by, id, "secret reset", null, cancellation).ConfigureAwait(false);
        return secret;
    }

    /// <summary>Removes an application; its tokens are dead. Problem: <c>app.unknown</c>.</summary>
    public async Task<Problem?> DeleteAsync(string id, string by, CancellationToken cancellation)
    {
        if (await applications.FindByClientIdAsync(id, cancellation).ConfigureAwait(false) is not { } application) return Unknown();
        await applications.DeleteAsync(application, cancellation).ConfigureAwait(false);
        await revocations.RevokeAsync(id, cancellation).ConfigureAwait(false);
        await TellAsync(by, id, "deleted", null, cancellation).ConfigureAwait(false);
        return null;
    }

    private async Task ChangeAsync(object application, string id, ApplicationFacts facts, string? secret, CancellationToken cancellation)
    {
        var descriptor = new OpenIddictApplicationDescriptor();
        await applications.PopulateAsync(descriptor, application, cancellation).ConfigureAwait(false);
        var next = facts with { Generation = facts.Generation + 1 };
        next.Write(descriptor);
        if (secret is not null) descriptor.ClientSecret = secret;
        await applications.UpdateAsync(application, descriptor, cancellation).ConfigureAwait(false);
        await tokens.RevokeByApplicationIdAsync((await applications.GetIdAsync(application, cancellation).ConfigureAwait(false))!, cancellation).ConfigureAwait(false);
        await revocations.RevokeAsync(id, cancellation).ConfigureAwait(false);
    }

    /// <summary>The public keys of an application; none of one that has a secret.</summary>
    private readonly record struct PublicKeys(JsonWebKeySet? Set);

    private static Result<PublicKeys> KeysOf(NewApplication wanted)
    {
        if (wanted.Keys is not { } keys) return default(PublicKeys);
        try
        {
            var set = new JsonWebKeySet(keys.GetRawText());
            if (!wanted.Public && set.Keys.Count is > 0 and <= 10 && set.Keys.All(k => !k.HasPrivateKey && k.Kty is JsonWebAlgorithmsKeyTypes.RSA or JsonWebAlgorithmsKeyTypes.EllipticCurve)) return new PublicKeys(set);
        }
        catch (ArgumentException)
        {
            // Said below.
        }

        return new Problem(ProblemKind.Incorrect, "app.keys", "keys is a JWK Set of one to ten public RSA or EC keys, without their private parts, of an application that is not public.", new(Path: "keys"));
    }

    private Problem? Refuse(NewApplication wanted)
    {
        if (wanted.Id.Length is < 3 or > 100 || !wanted.Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            return new(ProblemKind.Incorrect, "app.id", "An id is 3 to 100 letters, digits, dots, hyphens or underscores.", new(Path: "id"));
        foreach (var address in wanted.RedirectUris)
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Fragment.Length > 0 || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
                return new(ProblemKind.Incorrect, "app.redirect", "A return address is https, or http on this machine, without a fragment.", new(Path: "redirect_uris"));
        if (wanted.Public && (wanted.Roles.Count > 0 || wanted.RedirectUris.Count == 0))
            return new(ProblemKind.Incorrect, "app.redirect", "A public application has return addresses and no roles of its own.", new(Path: "redirect_uris"));
        return rules.Check(wanted.Roles);
    }

    private async Task<ApplicationView> ViewAsync(object application, CancellationToken cancellation)
    {
        var facts = await ApplicationFacts.OfAsync(applications, application, cancellation).ConfigureAwait(false);
        return new(
            (await applications.GetClientIdAsync(application, cancellation).ConfigureAwait(false))!, await applications.GetDisplayNameAsync(application, cancellation).ConfigureAwait(false),
            facts.Roles, facts.Organisations, await applications.GetRedirectUrisAsync(application, cancellation).ConfigureAwait(false));
    }

    private Task TellAsync(string by, string id, string change, IReadOnlyList<string>? roles, CancellationToken cancellation)
    {
        var details = new Dictionary<string, string> { ["change"] = change };
        if (roles is not null) details["roles"] = string.Join(' ', roles);
        return audit.AppendAsync(new(AuditKind.RightsChanged, by) { What = $"application {id}", Details = details }, cancellation);
    }

    private static Problem Unknown() => new(ProblemKind.NotFound, "app.unknown", "There is no application of this id.");
}
