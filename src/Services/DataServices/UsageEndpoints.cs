using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Yunnao.Services.Web;

namespace Yunnao.Services.DataServices;

/// <summary>What callers take of their shares: the own for everybody, all of a day for those who see accounts.</summary>
public static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder api)
    {
        var usage = api.MapGroup("/usage").WithTags("data");
        usage.MapGet("/", async (ClaimsPrincipal caller, CallQuota quota, CancellationToken cancellation) => await quota.UsageAsync(CallerId.Of(caller), cancellation).ConfigureAwait(false))
            .Needs(Duty.SignedIn).WithSummary("What the caller took today (UTC) by interface, and how much it may take");
        usage.MapGet("/callers", async (DateOnly? day, CallQuota quota, CancellationToken cancellation) => await quota.UsageOfDayAsync(day, cancellation).ConfigureAwait(false))
            .Needs(Duty.SeeAccounts).WithSummary("What all callers took on a day (UTC), most requests first: ?day=2026-01-31; today when nothing is said, 40 days back");
    }
}
