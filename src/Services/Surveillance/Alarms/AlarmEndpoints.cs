using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Lake.DuckDb;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>Alarms of early warning: seen, explained, decided on.</summary>
public static class AlarmEndpoints
{
    public static void MapAlarms(this IEndpointRouteBuilder api)
    {
        var alarms = api.MapGroup("/alarms").WithTags("alarms");
        alarms.MapGet("/", ListAsync).Needs(Duty.ReadAlarms).WithSummary("Open alarms, most important first; all of them with all=true");
        alarms.MapGet("/{number:int}", ShowAsync).Needs(Duty.ReadAlarms).WithSummary("One alarm with its history");
        alarms.MapPost("/{number:int}/status", MoveAsync).Needs(Duty.DecideAlarms).WithSummary("Acknowledges, investigates or closes an alarm");
    }

    private static async Task<Results<Ok<IEnumerable<Alarm>>, ProblemAnswer>> ListAsync(bool? all, ClaimsPrincipal caller, CallerScopes scopes, CancellationToken cancellation)
    {
        if (!scopes.Operations(caller, "alarms").Try(out var scope, out var problem)) return new ProblemAnswer(problem);
        var read = await new AlarmReader(scopes.Lake, scope).AllAsync(cancellation).ConfigureAwait(false);
        return read.Try(out var alarms, out problem) ? TypedResults.Ok(alarms.Where(a => a.Open || all == true)) : new ProblemAnswer(problem);
    }

    private static async Task<Results<Ok<AlarmView>, ProblemAnswer>> ShowAsync(int number, ClaimsPrincipal caller, CallerScopes scopes, CancellationToken cancellation)
    {
        if (!scopes.Operations(caller, "alarms").Try(out var scope, out var problem)) return new ProblemAnswer(problem);
        var reader = new AlarmReader(scopes.Lake, scope);
        if (!(await reader.OneAsync(number, cancellation).ConfigureAwait(false)).Try(out var alarm, out problem)) return new ProblemAnswer(problem);
        var history = await reader.HistoryAsync(number, cancellation).ConfigureAwait(false);
        return history.Try(out var events, out problem) ? TypedResults.Ok(new AlarmView(alarm, events)) : new ProblemAnswer(problem);
    }

    private static async Task<Results<NoContent, ProblemAnswer>> MoveAsync(int number, AlarmMove move, ClaimsPrincipal caller, DuckDbLake lake, AuditLog audit, TimeProvider time)
    {
        var problem = new AlarmDesk(lake, time).Move(number, move.Status, move.Outcome, move.Reason, CallerId.Of(caller));
        await audit.AppendAsync(new(AuditKind.Change, CallerId.Of(caller)) { What = $"alarm {number} {move.Status}", Outcome = problem?.Code ?? "ok" }, CancellationToken.None).ConfigureAwait(false);
        return Answers.Of(problem);
    }
}
