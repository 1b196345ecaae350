using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Yunnao.Services.Queries;
using Yunnao.Services.Web;

namespace Yunnao.Services.Ingest;

/// <summary>What was not let in, why, and where it is in its file.</summary>
public static class QuarantineEndpoints
{
    public static void MapQuarantine(this IEndpointRouteBuilder api)
    {
        var quarantine = api.MapGroup("/quarantine").WithTags("quarantine");
        quarantine.MapGet("/reasons", (int? batch, string? data_set, string? reason, ClaimsPrincipal caller, CallerScopes scopes, CancellationToken cancellation) =>
                AskAsync(QuarantineSql.Reasons(batch, data_set, reason), caller, scopes, cancellation))
            .Needs(Duty.ReadQuarantine).WithSummary("How many rows wait for which reason");
        quarantine.MapGet("/rows", (int? batch, string? data_set, string? reason, int? most, ClaimsPrincipal caller, CallerScopes scopes, CancellationToken cancellation) =>
                AskAsync(QuarantineSql.Rows(batch, data_set, reason, most ?? 1000), caller, scopes, cancellation))
            .Needs(Duty.ReadQuarantine).WithSummary("The rows with their reasons and places, the newest batch first");
    }

    private static async Task<IResult> AskAsync(string sql, ClaimsPrincipal caller, CallerScopes scopes, CancellationToken cancellation)
    {
        var answer = await scopes.Lake.RunSqlAsync(scopes.Operations(caller, "quarantine"), sql, cancellation).ConfigureAwait(false);
        return answer.Try(out var rows, out var problem) ? new AnswerResult(rows) : new ProblemAnswer(problem);
    }
}
