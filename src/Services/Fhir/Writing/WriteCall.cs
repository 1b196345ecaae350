using System.Security.Claims;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>Who writes.</summary>
/// <param name="Read">The call under which what was written is read.</param>
/// <param name="Organisation">The institution whose records these are.</param>
public sealed record WriteCall(FhirCall Read, string Organisation)
{
    public ClaimsPrincipal User => Read.User;
}
