using System.Globalization;
using System.Security.Claims;
using Yunnao.Kernel;

namespace Yunnao.Trust.Callers;

/// <summary>Who asks: an account or an application, with what decides over rights.</summary>
/// <param name="Id">Account id or client id; for the audit.</param>
/// <param name="Roles">Ids of <c>standards/policies/roles.csv</c>.</param>
/// <param name="Organisations">Codes of the organisations that the caller belongs to.</param>
/// <param name="Subject">The person who the caller is, where it is known.</param>
public sealed record Caller(string Id, CallerKind Kind, IReadOnlySet<string> Roles, IReadOnlyList<string> Organisations, ulong? Subject = null)
{
    /// <summary>The caller of a token, see <see cref="CallerClaims"/>. Problem: <c>caller.incomplete</c>.</summary>
    public static Result<Caller> Of(ClaimsPrincipal principal)
    {
        CallerKind? kind = principal.FindFirst(CallerClaims.Kind)?.Value switch
        {
            "account" => CallerKind.Account,
            "application" => CallerKind.Application,
            _ => null,
        };
        if (principal.Identity?.IsAuthenticated != true || principal.FindFirst(CallerClaims.Id)?.Value is not { Length: > 0 } id || kind is null)
        {
            return new Problem(ProblemKind.Forbidden, "caller.incomplete", $"The token does not say who asks: it needs {CallerClaims.Id} and {CallerClaims.Kind}.");
        }

        ulong? subject = null;
        if (principal.FindFirst(CallerClaims.Subject)?.Value is { } text)
        {
            if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return new Problem(ProblemKind.Forbidden, "caller.incomplete", $"{CallerClaims.Subject} of the token is no subject.");
            subject = number;
        }

        return new Caller(id, kind.Value, Values(principal, CallerClaims.Role).ToHashSet(StringComparer.Ordinal), [.. Values(principal, CallerClaims.Organisation)], subject);
    }

    private static IEnumerable<string> Values(ClaimsPrincipal principal, string claim) => principal.FindAll(claim).Select(c => c.Value).Distinct(StringComparer.Ordinal);
}
