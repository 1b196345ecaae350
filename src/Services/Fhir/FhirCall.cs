using System.Security.Claims;
using Yunnao.Kernel;
using Yunnao.Services.Web;
using Yunnao.Trust.Callers;

namespace Yunnao.Services.Fhir;

/// <summary>Who asks, what for, and where the answer's links lead.</summary>
/// <param name="Base">Address of the service, without a slash at its end.</param>
/// <param name="Lenient">True when parameters that are not understood are left out.</param>
/// <param name="Texts">The texts of the caller's language.</param>
public sealed record FhirCall(ClaimsPrincipal User, string Purpose, string Base, bool Lenient, Text Texts)
{
    /// <summary>The header that says what for.</summary>
    public const string PurposeHeader = "Yunnao-Purpose";

    /// <summary>What the caller asks for when the header does not say: the purpose of its one role. Problem: <c>fhir.purpose</c>.</summary>
    public static Result<string> PurposeOf(ClaimsPrincipal user, string? header)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (header is { Length: > 0 }) return header;
        if (CallerId.IsLocal(user)) return "quality";
        var usual = user.FindAll(CallerClaims.Role).Select(r => FhirFacts.PurposeOf(r.Value)).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return usual.Count == 1
            ? usual[0]
            : new Problem(ProblemKind.Incorrect, "fhir.purpose", usual.Count == 0 ? (Sentence)"Your roles have no usual purpose here: name one in the header Yunnao-Purpose." : $"Your roles have several purposes: name one of {string.Join(", ", usual)} in the header Yunnao-Purpose.", new(Path: PurposeHeader));
    }
}
