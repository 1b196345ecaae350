using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.Exports.Targets;
using Yunnao.Services.Web;

namespace Yunnao.Services.Exports;

/// <summary>Data in bulk: asked for, decided by the security officer, made by a job, fetched by the recipient, gone after its time.</summary>
public static class ExportEndpoints
{
    private const int UsualDays = 7, MostDays = 365;

    /// <summary>What a decision says.</summary>
    public sealed record Decision(int? Days, string? Reason, bool? Mark = null);

    public static void MapExports(this IEndpointRouteBuilder api)
    {
        var exports = api.MapGroup("/exports").WithTags("exports");
        exports.MapPost("/", RequestAsync).Needs(Duty.Query).WithSummary("Asks for an export").WithBodyExample("""{"data_sets": ["lab.result"], "purpose": "care", "from": "2025-01-01", "to": "2026-01-01", "form": "parquet"}""")
            .WithDescription("{\"data_sets\": […], \"purpose\", \"from\", \"to\", \"organisations\": […], \"form\": parquet|csv|ndjson|duckdb|xlsx, \"compressed\", \"split_mb\", \"since\", \"target\", \"full\", \"certificate\", \"place\", \"profile\"}; profile omop makes tables of OMOP CDM 5.4 of all data sets that the caller reaches, or of those named; certificate is an X.509 certificate in PEM for which every file is closed; place a bucket of the configuration; since is the mark of an earlier export's manifest and asks for the changes alone, with records that are gone (_deleted); target names a database of the administrator instead of files.");
        exports.MapGet("/", ListAsync).Needs(Duty.SignedIn).WithSummary("The newest exports: the own; all for whoever decides");
        exports.MapGet("/targets", Targets).Needs(Duty.SignedIn).WithSummary("The databases that the caller may have exports written into");
        exports.MapGet("/{id}", ShowAsync).Needs(Duty.SignedIn).WithSummary("One export, with its manifest when it is done");
        exports.MapPost("/{id}/approve", ApproveAsync).Needs(Duty.ApproveExports).WithBodyExample("""{"days": 7}""").WithSummary("Approves a request; a job carries it out. {\"days\"} its files are kept; {\"mark\"}: whether some rows are left out, by which the files name their recipient");
        exports.MapPost("/{id}/refuse", RefuseAsync).Needs(Duty.ApproveExports).WithBodyExample("""{"reason": "The purpose is not the applicant's."}""").WithSummary("Refuses a request. {\"reason\"}");
        exports.MapDelete("/{id}", WithdrawAsync).Needs(Duty.SignedIn).WithSummary("Withdraws an own request, or gives the files of an export up before their time");
        exports.MapPost("/{id}/push", PushAsync).Needs(Duty.SignedIn).WithSummary("Pushes the files of an export that is done into its place once more, after that went wrong");
        exports.MapGet("/key", (ManifestSignature signature) => Results.Text(signature.PublicKey, "application/x-pem-file")).AllowAnonymous().WithSummary("The public key by which manifests are proved, PEM");
        exports.MapGet("/{id}/files/{**name}", FetchAsync).Needs(Duty.Query).WithSummary("A file of an export, for its recipient; ranges are served").Produces(StatusCodes.Status200OK, null, "application/octet-stream");
    }

    private static async Task<Results<Accepted<ExportView>, ProblemAnswer>> RequestAsync(ExportOrder order, ClaimsPrincipal caller, ExportDesk desk, CancellationToken cancellation) =>
        (await desk.RequestAsync(caller, order, UsualDays, cancellation).ConfigureAwait(false)).Try(out var export, out var problem)
            ? TypedResults.Accepted($"/api/v1/exports/{export.Id}", ExportView.Of(export))
            : new ProblemAnswer(problem);

    private static async Task<IReadOnlyList<ExportView>> ListAsync(ClaimsPrincipal caller, IAuthorizationService rights, ExportDesk desk, int? most, CancellationToken cancellation) =>
        [.. (await desk.NewestAsync(caller, await DecidesAsync(caller, rights).ConfigureAwait(false), Math.Clamp(most ?? 50, 1, 1000), cancellation).ConfigureAwait(false)).Select(ExportView.Of)];

    private static IReadOnlyList<TargetView> Targets(ClaimsPrincipal caller, TargetBook targets) =>
        [.. targets.All.Where(t => CallerId.IsLocal(caller) || t.Recipients.Contains(CallerId.Of(caller))).Select(t => new TargetView(t.Id, t.Name.Zh, t.Name.En, t.Kind))];

    private static async Task<Results<Ok<ExportView>, ProblemAnswer>> ShowAsync(string id, ClaimsPrincipal caller, IAuthorizationService rights, ExportDesk desk, CancellationToken cancellation) =>
        Answer(await desk.FindAsync(id, caller, await DecidesAsync(caller, rights).ConfigureAwait(false), cancellation).ConfigureAwait(false));

    private static async Task<Results<Ok<ExportView>, ProblemAnswer>> ApproveAsync(string id, Decision? decision, ClaimsPrincipal caller, ExportDesk desk, CancellationToken cancellation)
    {
        var days = decision?.Days ?? UsualDays;
        return days is < 1 or > MostDays
            ? new ProblemAnswer(new(ProblemKind.Incorrect, "export.order", $"Files are kept for 1 to {MostDays} days.", new(Path: "days")))
            : Answer(await desk.ApproveAsync(id, caller, days, decision?.Mark, cancellation).ConfigureAwait(false));
    }

    private static async Task<Results<Ok<ExportView>, ProblemAnswer>> RefuseAsync(string id, Decision? decision, ClaimsPrincipal caller, ExportDesk desk, CancellationToken cancellation) =>
        Answer(await desk.RefuseAsync(id, caller, decision?.Reason, cancellation).ConfigureAwait(false));

    private static async Task<Results<NoContent, ProblemAnswer>> WithdrawAsync(string id, ClaimsPrincipal caller, ExportDesk desk, CancellationToken cancellation)
    {
        if (!(await desk.FindAsync(id, caller, all: false, cancellation).ConfigureAwait(false)).Try(out var export, out var problem)) return new ProblemAnswer(problem);
        await desk.WithdrawAsync(export, cancellation).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<ExportView>, ProblemAnswer>> PushAsync(string id, ClaimsPrincipal caller, IAuthorizationService rights, ExportDesk desk, CancellationToken cancellation) =>
        Answer(await desk.PushAsync(id, caller, await DecidesAsync(caller, rights).ConfigureAwait(false), cancellation).ConfigureAwait(false));

    private static async Task<IResult> FetchAsync(string id, string name, HttpContext http, ExportDesk desk, StreamLife life, CancellationToken cancellation)
    {
        if (!(await desk.FileAsync(id, name, http.User, cancellation).ConfigureAwait(false)).Try(out var file, out var problem)) return new ProblemAnswer(problem);
        life.Bind(http);

        // Files never change; a tag lets whoever goes on after a break say that it must be the same one (If-Range).
        return Results.Stream(file, "application/octet-stream", Path.GetFileName(name), entityTag: new($"\"{id}\""), enableRangeProcessing: true);
    }

    private static Results<Ok<ExportView>, ProblemAnswer> Answer(Result<Export> found) =>
        found.Try(out var export, out var problem) ? TypedResults.Ok(ExportView.Of(export)) : new ProblemAnswer(problem);

    internal static async Task<bool> DecidesAsync(ClaimsPrincipal caller, IAuthorizationService rights) =>
        (await rights.AuthorizeAsync(caller, DutyEndpoints.Policy(Duty.ApproveExports)).ConfigureAwait(false)).Succeeded;
}
