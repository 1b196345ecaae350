using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Services.Web;

namespace Yunnao.Services.Identity;

/// <summary>Merges of persons: which there are, and undoing one. They name subjects, never local numbers.</summary>
public static class IdentityEndpoints
{
    public static void MapIdentity(this IEndpointRouteBuilder api)
    {
        var merges = api.MapGroup("/merges").WithTags("identity");
        merges.MapGet("/", (int? most, IdentityDesk desk, CancellationToken cancellation) => desk.NewestAsync(Math.Clamp(most ?? 50, 1, 10_000), cancellation))
            .Needs(Duty.ReadBatches).WithSummary("The newest merges of persons");
        merges.MapDelete("/{number:int}", UndoAsync).Needs(Duty.TakeBackBatches).WithSummary("Undoes a merge; every row is its own person's again");
    }

    private static async Task<Results<Ok<UndoneMerge>, ProblemAnswer>> UndoAsync(int number, ClaimsPrincipal caller, IdentityDesk desk, CancellationToken cancellation) =>
        Answers.Of(await desk.UndoAsync(number, CallerId.Of(caller), cancellation).ConfigureAwait(false));
}
