using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Services.Exports;

/// <summary>Exports by a timetable: asked for, decided once by the security officer, paused, resumed and removed by either.</summary>
public static class StandingEndpoints
{
    private const int UsualDays = 7, MostDays = 365;

    /// <summary>What somebody wants made again and again.</summary>
    public sealed record Wish(ExportOrder Order, string Times, DateTimeOffset? Until = null, int? Days = null);

    /// <summary>What a decision says.</summary>
    public sealed record Decision(int? Days = null, bool? Mark = null, DateTimeOffset? Until = null, string? Reason = null);

    public static void MapStandingOrders(this IEndpointRouteBuilder api)
    {
        var standing = api.MapGroup("/exports/standing").WithTags("exports");
        standing.MapPost("/", RequestAsync).Needs(Duty.Query).WithSummary("Asks for an export by a timetable").WithBodyExample("""{"order": {"data_sets": ["lab.result"], "purpose": "care"}, "times": "30 2 * * *", "days": 7}""")
            .WithDescription("{\"order\": as for one export, \"times\": \"30 2 * * *\", \"until\", \"days\"}: minute, hour, day of the month, month, day of the week in the server's time zone. Each run holds what came since the one before.");
        standing.MapGet("/", async (ClaimsPrincipal caller, IAuthorizationService rights, StandingDesk desk, CancellationToken cancellation) =>
            await desk.AllAsync(caller, await ExportEndpoints.DecidesAsync(caller, rights).ConfigureAwait(false), cancellation).ConfigureAwait(false))
            .Needs(Duty.SignedIn).WithSummary("Standing orders: the own; all for whoever decides");
        standing.MapGet("/{id}", Each((desk, id, caller, all, cancellation) => desk.FindAsync(id, caller, all, cancellation))).Needs(Duty.SignedIn).WithSummary("One standing order, and its newest run");
        standing.MapPost("/{id}/pause", Each((desk, id, caller, all, cancellation) => desk.PauseAsync(id, caller, all, cancellation))).Needs(Duty.SignedIn).WithSummary("No further run until it is resumed");
        standing.MapPost("/{id}/resume", Each((desk, id, caller, all, cancellation) => desk.ResumeAsync(id, caller, all, cancellation))).Needs(Duty.SignedIn).WithSummary("Goes on with the next of its times");
        standing.MapPost("/{id}/approve", ApproveAsync).Needs(Duty.ApproveExports).WithBodyExample("""{"days": 7}""").WithSummary("Approves a standing order. {\"days\", \"mark\", \"until\"}");
        standing.MapPost("/{id}/refuse", RefuseAsync).Needs(Duty.ApproveExports).WithBodyExample("""{"reason": "The purpose is not the applicant's."}""").WithSummary("Refuses a standing order. {\"reason\"}");
        standing.MapDelete("/{id}", RemoveAsync).Needs(Duty.SignedIn).WithSummary("Removes a standing order; the files of its runs stay until their time");
    }

    private static Delegate Each(Func<StandingDesk, string, ClaimsPrincipal, bool, CancellationToken, Task<Result<StandingOrder>>> work) =>
        async Task<Results<Ok<StandingOrder>, ProblemAnswer>> (string id, ClaimsPrincipal caller, IAuthorizationService rights, StandingDesk desk, CancellationToken cancellation) =>
            Answers.Of(await work(desk, id, caller, await ExportEndpoints.DecidesAsync(caller, rights).ConfigureAwait(false), cancellation).ConfigureAwait(false));

    private static async Task<Results<Ok<StandingOrder>, ProblemAnswer>> RequestAsync(Wish wish, ClaimsPrincipal caller, StandingDesk desk, CancellationToken cancellation)
    {
        if (wish.Order is null || wish.Times is null) return new ProblemAnswer(new(ProblemKind.Incorrect, "export.order", "A standing order has an order and times.", new(Path: wish.Order is null ? "order" : "times")));
        if (WrongDays(wish.Days) is { } wrong) return wrong;
        return Answers.Of(await desk.RequestAsync(caller, wish.Order, wish.Times, wish.Until, wish.Days ?? UsualDays, cancellation).ConfigureAwait(false));
    }

    private static async Task<Results<Ok<StandingOrder>, ProblemAnswer>> ApproveAsync(string id, Decision? decision, ClaimsPrincipal caller, StandingDesk desk, CancellationToken cancellation)
    {
        if (WrongDays(decision?.Days) is { } wrong) return wrong;
        return Answers.Of(await desk.ApproveAsync(id, caller, decision?.Days, decision?.Mark, decision?.Until, cancellation).ConfigureAwait(false));
    }

    private static async Task<Results<Ok<StandingOrder>, ProblemAnswer>> RefuseAsync(string id, Decision? decision, ClaimsPrincipal caller, StandingDesk desk, CancellationToken cancellation) =>
        Answers.Of(await desk.RefuseAsync(id, caller, decision?.Reason, cancellation).ConfigureAwait(false));

    private static async Task<Results<NoContent, ProblemAnswer>> RemoveAsync(string id, ClaimsPrincipal caller, IAuthorizationService rights, StandingDesk desk, CancellationToken cancellation) =>
        Answers.Of(await desk.RemoveAsync(id, caller, await ExportEndpoints.DecidesAsync(caller, rights).ConfigureAwait(false), cancellation).ConfigureAwait(false));

    private static ProblemAnswer? WrongDays(int? days) =>
        days is < 1 or > MostDays ? new ProblemAnswer(new(ProblemKind.Incorrect, "export.order", $"Files are kept for 1 to {MostDays} days.", new(Path: "days"))) : null;
}
