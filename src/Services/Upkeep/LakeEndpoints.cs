using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Lake;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;

namespace Yunnao.Services.Upkeep;

/// <summary>The size of the lake, and the two long works that keep it in order.</summary>
public static class LakeEndpoints
{
    public static void MapLake(this IEndpointRouteBuilder api)
    {
        var lake = api.MapGroup("/lake").WithTags("lake");
        lake.MapGet("/stats", (ILakeEngine engine, CancellationToken cancellation) => engine.StatsAsync(cancellation)).Needs(Duty.ReadLake).WithSummary("Rows and bytes of each data set");
        lake.MapGet("/mark", (ILakeEngine engine, CancellationToken cancellation) => engine.MarkAsync(cancellation)).Needs(Duty.ReadLake).WithSummary("The place in its history that the lake has come to");
        lake.MapPost("/optimize", (ClaimsPrincipal caller, JobQueue jobs, CancellationToken cancellation) => AddAsync(OptimizeJob.Kind, caller, jobs, cancellation))
            .Needs(Duty.KeepLake).WithSummary("A job that clusters every data set that changed");
        lake.MapPost("/verify", (ClaimsPrincipal caller, JobQueue jobs, CancellationToken cancellation) => AddAsync(VerifyJob.Kind, caller, jobs, cancellation))
            .Needs(Duty.KeepLake).WithSummary("A job that proves the ledger against tables and objects");
    }

    private static async Task<Accepted<Job>> AddAsync(string kind, ClaimsPrincipal caller, JobQueue jobs, CancellationToken cancellation)
    {
        var job = await jobs.AddAsync(kind, new { }, CallerId.Of(caller), cancellation).ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", job);
    }
}
