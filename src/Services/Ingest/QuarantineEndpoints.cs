using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Lake.Objects;
using Yunnao.Services.Jobs;
using Yunnao.Services.Queries;
using Yunnao.Services.Release;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;

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
        quarantine.MapPost("/release", ReleaseAsync)
            .Needs(Duty.LoadBatches)
            .WithSummary("A job that judges rows in quarantine again and lets in those that are good now")
            .WithDescription("All of it may be left out. {\"batch\", \"data_set\", \"reason\", \"note\", \"dry_run\", \"corrections\": [{\"batch\", \"ordinal\", \"item\", \"value\"}]}: values of corrections are taken in place of those in the file.");
    }

    private static async Task<Accepted<Job>> ReleaseAsync(ReleaseRequest request, ClaimsPrincipal caller, FileObjectStore objects, JobQueue jobs, AuditLog audit, CancellationToken cancellation)
    {
        var kept = request.Corrections is { Count: > 0 } corrections ? await KeepAsync(corrections, objects, cancellation).ConfigureAwait(false) : null;
        var who = CallerId.Of(caller);
        var details = new Dictionary<string, string> { ["corrections"] = $"{request.Corrections?.Count ?? 0}", ["dry_run"] = $"{request.DryRun}" };
        await audit.AppendAsync(new(AuditKind.Change, who) { What = "quarantine release", Details = details }, cancellation).ConfigureAwait(false);
        var job = await jobs.AddAsync(ReleaseJob.Kind, new ReleaseOrder(request.Batch, request.DataSet, request.Reason, request.Note, request.DryRun, kept), who, CancellationToken.None).ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", job);
    }

    private static async Task<string> KeepAsync(IReadOnlyList<Correction> corrections, FileObjectStore objects, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(corrections, ApiJson.Options));
        return (await objects.PutAsync(bytes, cancellation).ConfigureAwait(false)).Id;
    }

    private static async Task<IResult> AskAsync(string sql, ClaimsPrincipal caller, CallerScopes scopes, CancellationToken cancellation)
    {
        var answer = await scopes.Lake.RunSqlAsync(scopes.Operations(caller, "quarantine"), sql, cancellation).ConfigureAwait(false);
        return answer.Try(out var rows, out var problem) ? new AnswerResult(rows) : new ProblemAnswer(problem);
    }
}
