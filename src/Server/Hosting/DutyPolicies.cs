using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Yunnao.Services.Web;
using Yunnao.Trust.Callers;

namespace Yunnao.Server.Hosting;

/// <summary>One authorization policy a duty: a good token, and a role that holds the duty. The local administrator holds all.</summary>
internal static class DutyPolicies
{
    public static IEnumerable<Duty> All { get; } =
        [.. typeof(Duty).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.FieldType == typeof(Duty)).Select(f => (Duty)f.GetValue(null)!)];

    public static void Add(AuthorizationOptions options)
    {
        foreach (var duty in All)
        {
            options.AddPolicy(DutyEndpoints.Policy(duty), policy => policy
                .AddAuthenticationSchemes(BearerHandler.Name)
                .RequireAuthenticatedUser()
                .RequireAssertion(c => duty == Duty.SignedIn || CallerId.IsLocal(c.User) || c.User.FindAll(CallerClaims.Role).Any(r => duty.Roles.Contains(r.Value))));
        }

        // What says nothing of rights is for nobody.
        options.FallbackPolicy = new AuthorizationPolicyBuilder(BearerHandler.Name).RequireAssertion(_ => false).Build();
    }
}
