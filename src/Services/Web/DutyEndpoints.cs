using Microsoft.AspNetCore.Builder;

namespace Yunnao.Services.Web;

/// <summary>How an endpoint says what it takes to call it.</summary>
public static class DutyEndpoints
{
    /// <summary>Name of the authorization policy of a duty.</summary>
    public static string Policy(Duty duty) => $"duty:{duty.Id}";

    /// <summary>Only callers who hold this duty get in.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Duty duty)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Policy(duty)).WithMetadata(duty);
}
