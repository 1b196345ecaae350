using System.Diagnostics.CodeAnalysis;
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

    /// <summary>Shows a body that is taken as it stands from whoever has the right.</summary>
    public static TBuilder WithBodyExample<TBuilder>(this TBuilder endpoint, [StringSyntax(StringSyntaxAttribute.Json)] string json)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new BodyExample(json));
}
