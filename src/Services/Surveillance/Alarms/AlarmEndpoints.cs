using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.DuckDb;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>Alarms of early warning: seen, explained, decided on.</summary>
public static class AlarmEndpoints
{
    private const string Purpose = "public_health";

    public static void MapAlarms(this IEndpointRouteBuilder api)
    {
        var alarms = api.MapGroup("/alarms").WithTags("alarms");
        alarms.MapGet("/", ListAsync).Needs(Duty.ReadAlarms).WithSummary("Open alarms, most important first; all of them with all=true");
        alarms.MapGet("/{number:int}", ShowAsync).Needs(Duty.ReadAlarms).WithSummary("One alarm with its history");
        alarms.MapPost("/{number:int}/status", MoveAsync).Needs(Duty.DecideAlarms).WithSummary("Acknowledges, investigates or closes an alarm");
    }

    private static async Task<Results<Ok<IEnumerable<Alarm>>, ProblemAnswer>> ListAsync(
        bool? all, ClaimsPrincipal caller, ILakeEngine lake, CallerScopes scopes, AuditLog audit, CancellationToken cancellation)
    {
        var read = await new AlarmReader(lake, scopes.Operations(caller, Purpose)).AllAsync(cancellation).ConfigureAwait(false);
        await TellAsync(audit, AuditKind.Read, caller, "alarms", read.Problem).ConfigureAwait(false);
        return read.Try(out var alarms, out var problem) ? TypedResults.Ok(alarms.Where(a => a.Open || all == true)) : new ProblemAnswer(problem);
    }

    private static async Task<Results<Ok<AlarmView>, ProblemAnswer>> ShowAsync(
        int number, ClaimsPrincipal caller, ILakeEngine lake, CallerScopes scopes, AuditLog audit, CancellationToken cancellation)
    {
        var reader = new AlarmReader(lake, scopes.Operations(caller, Purpose));
        var found = await reader.OneAsync(number, cancellation).ConfigureAwait(false);
        await TellAsync(audit, AuditKind.Read, caller, $"alarm {number}", found.Problem).ConfigureAwait(false);
        if (!found.Try(out var alarm, out var problem)) return new ProblemAnswer(problem);
        var history = await reader.HistoryAsync(number, cancellation).ConfigureAwait(false);
        return history.Try(out var events, out problem) ? TypedResults.Ok(new AlarmView(alarm, events)) : new ProblemAnswer(problem);
    }

    private static async Task<Results<NoContent, ProblemAnswer>> MoveAsync(int number, AlarmMove move, ClaimsPrincipal caller, DuckDbLake lake, AuditLog audit, TimeProvider time)
    {
        var problem = new AlarmDesk(lake, time).Move(number, move.Status, move.Outcome, move.Reason, CallerId.Of(caller));
        await TellAsync(audit, AuditKind.Change, caller, $"alarm {number} {move.Status}", problem).ConfigureAwait(false);
        return Answers.Of(problem);
    }

    private static Task TellAsync(AuditLog audit, AuditKind kind, ClaimsPrincipal caller, string what, Problem? problem) =>
        audit.AppendAsync(new(kind, CallerId.Of(caller)) { Purpose = Purpose, What = what, Outcome = problem?.Code ?? AuditEvent.Ok }, CancellationToken.None);
}
